/// The name of an issuer or a subject (X.501). Two are equal when their DER is: the issuers here copy names byte by
/// byte, so there is no need for the many rules by which differing bytes could mean the same.
public struct DistinguishedName: Hashable, Sendable {
    /// The DER of the whole name.
    public let der: [UInt8]
    /// The common name; nil if there is none, or more than one.
    public let commonName: String?

    private static let commonNameOID = OID(2, 5, 4, 3)

    init(_ reader: inout DERReader, _ what: String) throws(DERFault) {
        let element = try reader.element(.sequence, what)
        var names = DERReader(reader.bytes, element.content)
        var commonNames: [String] = []
        while !names.isAtEnd {
            var set = try names.inside(.set, what)
            repeat {
                var pair = try set.inside(.sequence, what)
                let kind = try pair.oid(what)
                let value = try pair.element(what)
                try pair.end(of: what)
                guard kind == DistinguishedName.commonNameOID else { continue }
                let texts: [DERReader.Tag] = [.utf8String, .printableString]
                guard texts.contains(where: { $0.rawValue == value.tag }),
                    let text = String(validating: reader.bytes[value.content], as: UTF8.self)
                else { throw DERFault(detail: "\(what): a common name that is no text") }
                commonNames.append(text)
            } while !set.isAtEnd
        }
        der = Array(reader.bytes[element.whole])
        commonName = commonNames.count == 1 ? commonNames[0] : nil
    }
}
