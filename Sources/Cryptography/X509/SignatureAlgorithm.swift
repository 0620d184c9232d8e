/// How a certificate or a revocation list was signed.
public enum SignatureAlgorithm: Hashable, Sendable {
    /// RSASSA-PSS with SHA-384, MGF1 over SHA-384 and a salt of 48 bytes: the only one that is ever verified here.
    case rsaPSSWithSHA384
    /// Another algorithm, or the same one with other parameters.
    case other(OID)

    private static let pss = OID(1, 2, 840, 113549, 1, 1, 10)

    /// RFC 4055 section 3.1. There are two encodings: the trailer field is spelled out, as AMD's own certificates have
    /// it, or left out, as DER wants a default. Comparing with both whole leaves no parameter unlooked at.
    private static let pssParameters: [UInt8] = [
        0xA0, 0x0F, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
        0xA1, 0x1C, 0x30, 0x1A, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08,
        0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
        0xA2, 0x03, 0x02, 0x01, 0x30,
    ]
    private static let spelledOutTrailer: [UInt8] = [0xA3, 0x03, 0x02, 0x01, 0x01]

    init(_ reader: inout DERReader, _ what: String) throws(DERFault) {
        var algorithm = try reader.inside(.sequence, what)
        let oid = try algorithm.oid(what)
        let parameters = algorithm.isAtEnd ? nil : try algorithm.element(what)
        try algorithm.end(of: what)
        let known = SignatureAlgorithm.pssParameters
        guard oid == SignatureAlgorithm.pss, let parameters, parameters.tag == DERReader.Tag.sequence.rawValue else {
            self = .other(oid)
            return
        }
        let content = reader.bytes[parameters.content]
        let isKnown =
            content.elementsEqual(known)
            || content.elementsEqual(known + SignatureAlgorithm.spelledOutTrailer)
        self = isKnown ? .rsaPSSWithSHA384 : .other(oid)
    }
}
