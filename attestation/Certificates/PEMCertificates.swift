import Primitives

/// The certificates in a PEM text (RFC 7468), strictly: nothing but certificate blocks and line ends between them.
enum PEMCertificates {
    /// More than AMD's chains have.
    static let maximumCount = 4

    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// The DER of each, in order; nil if the text is anything else.
    static func read(_ bytes: [UInt8]) -> [[UInt8]]? {
        var certificates: [[UInt8]] = []
        var digits: String?
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = String(decoding: line, as: UTF8.self)
            switch (line, digits) {
            case (begin, nil): digits = ""
            case (end, let block?):
                guard let der = Base64.decode(block), certificates.count < maximumCount else { return nil }
                certificates.append(der)
                digits = nil
            case (_, .some): digits?.append(line)
            default: return nil
            }
        }
        return digits == nil && !certificates.isEmpty ? certificates : nil
    }

    /// The text of certificates given as DER.
    static func write(_ certificates: [[UInt8]]) -> [UInt8] {
        certificates.flatMap { der -> [UInt8] in
            var lines = [begin]
            var digits = Base64.encode(der)[...]
            while !digits.isEmpty {
                lines.append(String(digits.prefix(64)))
                digits = digits.dropFirst(64)
            }
            lines.append(end)
            return Array((lines.joined(separator: "\n") + "\n").utf8)
        }
    }
}
