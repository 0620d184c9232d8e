/// What the characters between the quotation marks of a JSON string stand for (RFC 8259 section 7), byte by byte: for
/// text that must not become a `String`.
public enum JSONEscapes {
    /// How many bytes they stand for: never more than there are. Nil if they are no JSON string: a control character, a
    /// bad escape, half of a surrogate pair, or bytes that are not UTF-8.
    public static func count(of escaped: UnsafeRawBufferPointer) -> Int? {
        var count = 0
        return decode(escaped) { count += $0.count } ? count : nil
    }

    /// Writes the bytes into `target`, which has room for `count(of:)` of them.
    public static func write(_ escaped: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        var filled = 0
        _ = decode(escaped) { bytes in
            for byte in bytes where filled < target.count {
                target[filled] = byte
                filled += 1
            }
        }
    }

    /// Hands out the bytes of one character after the other. False at the first thing that is wrong.
    private static func decode(_ escaped: UnsafeRawBufferPointer, _ take: (Unicode.UTF8.EncodedScalar) -> Void) -> Bool
    {
        var index = escaped.startIndex
        while index < escaped.endIndex {
            let scalar: Unicode.Scalar?
            switch escaped[index] {
            case UInt8(ascii: "\\"): scalar = escape(escaped, &index)
            case 0..<0x20, UInt8(ascii: "\""): scalar = nil
            default: scalar = character(escaped, &index)
            }
            guard let scalar, let bytes = Unicode.UTF8.encode(scalar) else { return false }
            take(bytes)
        }
        return true
    }

    private static func character(_ escaped: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar? {
        var rest = escaped[index...].makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        guard case .valid(let bytes) = parser.parseScalar(from: &rest) else { return nil }
        index += bytes.count
        return Unicode.UTF8.decode(bytes)
    }

    /// One escape, from its backslash; of a surrogate pair both.
    private static func escape(_ escaped: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar? {
        guard index + 1 < escaped.endIndex else { return nil }
        let letter = escaped[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let unit = codeUnit(escaped, &index) else { return nil }
        guard (0xD800...0xDBFF).contains(unit) else { return Unicode.Scalar(unit) }
        guard index + 1 < escaped.endIndex, escaped[index] == UInt8(ascii: "\\"),
            escaped[index + 1] == UInt8(ascii: "u")
        else { return nil }
        index += 2
        guard let low = codeUnit(escaped, &index), (0xDC00...0xDFFF).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private static func codeUnit(_ escaped: UnsafeRawBufferPointer, _ index: inout Int) -> UInt32? {
        guard index + 4 <= escaped.endIndex else { return nil }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(ofDigit: escaped[index]) else { return nil }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }
}
