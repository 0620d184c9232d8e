/// The public key of a certificate (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7).
public struct X509PublicKey: Hashable, Sendable {
    /// What kind of key it is.
    public enum Kind: Hashable, Sendable {
        /// An elliptic-curve key on P-384: 04 || x || y, 97 bytes. That it lies on the curve is checked on use.
        case p384(point: [UInt8])
        /// An RSA key, with the length of its modulus in bits.
        case rsa(bits: Int)
        /// Anything else.
        case other
    }

    /// The DER of the whole SubjectPublicKeyInfo.
    public let der: [UInt8]
    /// What kind of key it is.
    public let kind: Kind

    /// SHA-256 of the DER: what pins name.
    public var sha256: [UInt8] { SHA256.hash(der) }

    private static let rsa = OID(1, 2, 840, 113549, 1, 1, 1)
    private static let ec = OID(1, 2, 840, 10045, 2, 1)
    private static let secp384r1 = OID(1, 3, 132, 0, 34)

    init(_ reader: inout DERReader, _ what: String) throws(DERFault) {
        let element = try reader.element(.sequence, what)
        der = Array(reader.bytes[element.whole])
        var info = DERReader(reader.bytes, element.content)
        var algorithm = try info.inside(.sequence, what)
        let oid = try algorithm.oid(what)
        let key = try info.wholeBytes(what)
        try info.end(of: what)
        switch oid {
        case X509PublicKey.rsa: kind = try X509PublicKey.rsaKind(key, what)
        case X509PublicKey.ec: kind = try X509PublicKey.ecKind(key, &algorithm, what)
        default: kind = .other
        }
    }

    private static func rsaKind(_ key: [UInt8], _ what: String) throws(DERFault) -> Kind {
        var outer = DERReader(key)
        var pair = try outer.inside(.sequence, what)
        try outer.end(of: what)
        let modulus = try pair.magnitude(what)
        _ = try pair.magnitude(what)
        try pair.end(of: what)
        return .rsa(bits: modulus.count * 8 - modulus[0].leadingZeroBitCount)
    }

    private static func ecKind(
        _ key: [UInt8], _ algorithm: inout DERReader, _ what: String
    ) throws(DERFault) -> Kind {
        guard algorithm.isNext(.objectIdentifier), try algorithm.oid(what) == secp384r1 else { return .other }
        try algorithm.end(of: what)
        guard key.count == P384PublicKey.pointBytes, key[0] == 4 else { return .other }
        return .p384(point: key)
    }
}
