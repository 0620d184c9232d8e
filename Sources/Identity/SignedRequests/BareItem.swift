import Primitives

/// A single value of a structured field (RFC 9651 section 3.3).
public enum BareItem: Hashable, Sendable {
    /// A whole number of at most 15 digits.
    case integer(Int64)
    /// Printable ASCII in quotes.
    case string(String)
    /// A word without quotes.
    case token(String)
    /// Bytes between colons.
    case bytes([UInt8])
    /// `?1` or `?0`.
    case boolean(Bool)
    /// A decimal, date or display string as it was written: well formed, and nothing that is looked into here.
    case other(String)

    /// The text, if this is a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, if this is an integer.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The bytes, if this is a byte sequence.
    public var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// The value as RFC 9651 section 4.1.3 writes it.
    public var text: String {
        switch self {
        case .integer(let value): String(value)
        case .string(let text): BareItem.quoted(text)
        case .token(let word): word
        case .bytes(let bytes): ":\(Base64.encode(bytes)):"
        case .boolean(let value): value ? "?1" : "?0"
        case .other(let text): text
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }
}
