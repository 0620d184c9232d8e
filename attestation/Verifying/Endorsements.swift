/// What vouches for a report's key: certificates and the revocation list, each as DER that nobody has looked at yet.
public struct Endorsements: Hashable, Sendable {
    /// The VCEK or VLEK certificate.
    public var vek: [UInt8]?
    /// The certificate that issued it: ASK or ASVK.
    public var intermediate: [UInt8]?
    /// The root, ARK. One that comes with evidence is only compared with the pinned ones.
    public var root: [UInt8]?
    /// The root's revocation list.
    public var crl: [UInt8]?

    /// Endorsements from what is at hand.
    public init(
        vek: [UInt8]? = nil, intermediate: [UInt8]? = nil, root: [UInt8]? = nil, crl: [UInt8]? = nil
    ) {
        self.vek = vek
        self.intermediate = intermediate
        self.root = root
        self.crl = crl
    }

    /// What a host's table holds for the key that signed: with both kinds in it, the other one is left aside.
    public init(_ table: CertificateTable, for key: SigningKey) {
        switch key {
        case .vcek: vek = table.vcek
        case .vlek: vek = table.vlek
        case .unsigned: vek = nil
        }
        intermediate = table.intermediate
        root = table.root
        crl = table.crl
    }
}
