/// A rule for a text that can be said as a regular expression. Expression and check say the same: a test feeds both.
public struct TextFormat: Sendable {
    /// The expression for the OpenAPI document (ECMA-262), anchored.
    public let pattern: String
    /// The lengths it admits, in characters.
    public let length: ClosedRange<Int>
    /// Whether a text of such a length fits.
    public let fits: @Sendable (Substring.UTF8View) -> Bool

    /// A rule.
    public init(pattern: String, length: ClosedRange<Int>, fits: @escaping @Sendable (Substring.UTF8View) -> Bool) {
        self.pattern = pattern
        self.length = length
        self.fits = fits
    }

    /// An Ethereum address: `0x` and 40 hex digits in any case.
    public static let address = TextFormat(pattern: "^0x[0-9a-fA-F]{40}$", length: 42...42) {
        $0.starts(with: "0x".utf8) && $0.dropFirst(2).allSatisfy(isHex)
    }

    /// A 65-byte signature in hex, with or without `0x`.
    public static let signature = TextFormat(pattern: "^(0x)?[0-9a-fA-F]{130}$", length: 130...132) { text in
        switch text.count {
        case 130: text.allSatisfy(isHex)
        case 132: text.starts(with: "0x".utf8) && text.dropFirst(2).allSatisfy(isHex)
        default: false
        }
    }

    /// A signature of a key or of a contract in hex, with or without `0x`: 1 to 8,192 bytes.
    public static let accountSignature = TextFormat(pattern: "^(0x)?([0-9a-fA-F]{2}){1,8192}$", length: 2...16_386) {
        let digits = $0.starts(with: "0x".utf8) ? $0.dropFirst(2) : $0[...]
        return (2...16_384).contains(digits.count) && digits.count.isMultiple(of: 2) && digits.allSatisfy(isHex)
    }

    /// An id, slug or model name as it may stand in a path or a log line.
    public static let identifier = TextFormat(pattern: "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$", length: 1...100) { text in
        text.enumerated().allSatisfy { index, byte in
            isAlphanumeric(byte) || (index > 0 && "._:/-".utf8.contains(byte))
        }
    }

    /// What fills a hole in a path: an identifier, or a key's thumbprint, which may begin with `-` or `_`.
    public static let pathValue = TextFormat(pattern: "^[A-Za-z0-9_-][A-Za-z0-9._:/-]{0,99}$", length: 1...100) {
        text in
        text.enumerated().allSatisfy { index, byte in
            isAlphanumeric(byte) || (index > 0 ? "._:/-" : "_-").utf8.contains(byte)
        }
    }

    /// A switch in a query, `1`.
    public static let one = TextFormat(pattern: "^1$", length: 1...1) { $0.first == UInt8(ascii: "1") }

    /// An even number of hex digits in any case, without a prefix, `count` digits.
    public static func hex(_ count: ClosedRange<Int>) -> TextFormat {
        TextFormat(pattern: "^([0-9a-fA-F]{2}){\(count.lowerBound / 2),\(count.upperBound / 2)}$", length: count) {
            $0.count.isMultiple(of: 2) && $0.allSatisfy(isHex)
        }
    }

    /// Visible ASCII: idempotency keys.
    public static let visible = TextFormat(pattern: "^[!-~]{1,255}$", length: 1...255) { text in
        text.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// A decimal integer without sign or leading zeros, at most 16 digits: micro-USDC.
    public static let baseUnits = TextFormat(pattern: "^(0|[1-9][0-9]{0,15})$", length: 1...16) { text in
        text.allSatisfy { (0x30...0x39).contains($0) } && (text.count == 1 || text.first != 0x30)
    }

    /// A decimal integer in a query.
    public static func digits(upTo count: Int) -> TextFormat {
        TextFormat(pattern: "^[0-9]{1,\(count)}$", length: 1...count) { text in
            text.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
