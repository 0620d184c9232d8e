import Primitives

/// RFC 7468 text of one short DER value, strict: the label that is wanted, lines of base64, nothing around them.
enum PEMBlock {
    /// Far above any key that is read here.
    static let maximumBytes = 4_096
    private static let lineDigits = 64

    /// The DER bytes. The caller wipes them if they are secret; the digits between are wiped here.
    static func body(of text: [UInt8], label: String) throws(KeyFileError) -> [UInt8] {
        guard text.count <= maximumBytes else { throw .malformed }
        var rest = text[...]
        while let last = rest.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { rest.removeLast() }
        let head = Array("-----BEGIN \(label)-----".utf8)
        let foot = Array("-----END \(label)-----".utf8)
        guard rest.count >= head.count + foot.count, rest.starts(with: head), rest.suffix(foot.count) == foot[...]
        else { throw .malformed }
        var digits = rest.dropFirst(head.count).dropLast(foot.count).filter { $0 != 0x0A && $0 != 0x0D }
        defer { Wipe.bytes(&digits) }
        let der = String(unsafeUninitializedCapacity: digits.count) { target in
            _ = target.initialize(from: digits)
            return digits.count
        }
        guard let body = Base64.decode(der), !body.isEmpty else { throw .malformed }
        return body
    }

    /// The text, with its final line end.
    static func text(_ der: [UInt8], label: String) -> String {
        var digits = Base64.encode(der)[...]
        var lines = ["-----BEGIN \(label)-----"]
        while !digits.isEmpty {
            lines.append(String(digits.prefix(lineDigits)))
            digits = digits.dropFirst(lineDigits)
        }
        lines.append("-----END \(label)-----")
        return lines.joined(separator: "\n") + "\n"
    }
}
