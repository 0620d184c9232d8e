/// One extension of a certificate or a revocation list (RFC 5280 section 4.2).
public struct X509Extension: Hashable, Sendable {
    /// What it is.
    public let oid: OID
    /// Whether who does not understand it must refuse what carries it.
    public let isCritical: Bool
    /// What the OCTET STRING holds: mostly DER, but AMD also puts plain bytes there.
    public let value: [UInt8]

    /// More than any real certificate has. They are compared with one another, so their number is bounded.
    static let maximumCount = 64

    static let keyUsage = OID(2, 5, 29, 15)
    static let basicConstraints = OID(2, 5, 29, 19)
    static let crlNumber = OID(2, 5, 29, 20)
    static let authorityKeyIdentifier = OID(2, 5, 29, 35)

    /// A list of them; none twice.
    static func list(_ reader: inout DERReader, _ what: String) throws(DERFault) -> [X509Extension] {
        var list: [X509Extension] = []
        var items = try reader.inside(.sequence, what)
        repeat {
            var item = try items.inside(.sequence, what)
            let oid = try item.oid(what)
            let isCritical = item.isNext(.boolean) ? try item.boolean(what) : false
            let value = try item.content(.octetString, what)
            try item.end(of: what)
            if list.count == maximumCount { throw DERFault(detail: "\(what): more than \(maximumCount)") }
            if list.contains(where: { $0.oid == oid }) { throw DERFault(detail: "\(what): \(oid) twice") }
            list.append(X509Extension(oid: oid, isCritical: isCritical, value: value))
        } while !items.isAtEnd
        return list
    }
}
