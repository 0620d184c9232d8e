/// Hexadecimal text, as Ethereum writes it.
public enum Hex {
    /// Lower-case hex of `bytes`, without a prefix.
    @inlinable public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var end = 0
            for byte in bytes {
                text.initializeElement(at: end, to: digit(of: byte >> 4))
                text.initializeElement(at: end + 1, to: digit(of: byte & 0x0f))
                end += 2
            }
            return end
        }
    }

    /// The lower-case digit of a value 0...15.
    @inlinable static func digit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The bytes of an even number of hex digits in either case, with or without a leading `0x`;
    /// nil for anything else.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(Substring(text).utf8)
    }

    private static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        var digits = text[...]
        if digits.starts(with: "0x".utf8) { digits = digits.dropFirst(2) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = value(ofDigit: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    /// The value 0...15 of one ASCII hex digit, or nil.
    public static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
