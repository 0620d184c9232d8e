import Primitives

/// Certificates as text (RFC 7468, strict): what people paste and other tools read.
enum PEM {
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"
    private static let columns = 64

    /// One certificate, with a line end after its last line.
    static func encode(_ der: [UInt8]) -> String {
        let digits = Array(Base64.encode(der).utf8)
        var lines = [begin]
        for start in stride(from: 0, to: digits.count, by: columns) {
            lines.append(String(decoding: digits[start..<min(start + columns, digits.count)], as: UTF8.self))
        }
        lines.append(end)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Every certificate of a text that holds nothing else; nil if it holds something else, or more than `limit`.
    static func decode(_ text: String, upTo limit: Int) -> [[UInt8]]? {
        var certificates: [[UInt8]] = []
        var digits: [UInt8]?
        for line in text.utf8.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            if line.elementsEqual(begin.utf8) {
                guard digits == nil, certificates.count < limit else { return nil }
                digits = []
            } else if line.elementsEqual(end.utf8) {
                guard let whole = digits, let der = Base64.decode(String(decoding: whole, as: UTF8.self)) else {
                    return nil
                }
                certificates.append(der)
                digits = nil
            } else {
                guard digits != nil else { return nil }
                digits?.append(contentsOf: line)
            }
        }
        return digits == nil ? certificates : nil
    }
}
