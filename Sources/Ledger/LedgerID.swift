import Primitives

/// The form of the ids that callers make for transfers, holds, calls and program starts.
enum LedgerID {
    /// Long enough for a prefix and any id in use; short enough for an index.
    static let maximumLength = 128

    /// - Throws: `LedgerError.malformedID` unless `id` is 1 to `maximumLength` visible ASCII characters.
    static func check(_ id: String) throws(LedgerError) {
        guard VisibleASCII.matches(id, length: 1...maximumLength) else { throw .malformedID }
    }
}
