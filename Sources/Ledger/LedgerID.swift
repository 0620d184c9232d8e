/// The form of the ids that callers make for transfers, holds, calls and program starts.
enum LedgerID {
    /// Long enough for a prefix and any id in use; short enough for an index.
    static let maximumLength = 128

    /// - Throws: `LedgerError.malformedID` unless `id` is 1 to `maximumLength` visible ASCII characters.
    static func check(_ id: String) throws(LedgerError) {
        guard VisibleASCII.matches(id, length: 1...maximumLength) else { throw .malformedID }
    }
}

/// Text of the characters `!` to `~`: prints as it is, needs no quoting in a header, has one spelling.
enum VisibleASCII {
    static func matches(_ text: String, length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
