import Primitives

/// Hex as our own documents write it: lower case, no prefix. A document that could be written in two ways would be read
/// by one verifier and refused by another.
enum WireHex {
    /// Exactly `count` bytes; nil for any other number, upper-case digits, `0x`, or anything that is no digit.
    static func decode(_ text: String, count: Int) -> [UInt8]? {
        guard text.utf8.count == 2 * count, let bytes = Hex.decode(text), Hex.encode(bytes) == text else { return nil }
        return bytes
    }
}
