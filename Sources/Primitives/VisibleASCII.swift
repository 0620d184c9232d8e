/// Text of the characters `!` to `~` (0x21 to 0x7E): prints as it is, needs no quoting in a header field or a log, and
/// has one spelling. What ids, keys and codes are made of.
public enum VisibleASCII {
    /// Whether `text` is nothing else, and has a length within `length`. A character is one byte.
    public static func matches(_ text: String, length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
