/// Why a field was not read.
public enum StructuredFieldError: Error, Hashable, CaseIterable, Sendable {
    /// More bytes, members, elements or parameters than are looked at.
    case tooLarge
    /// Not a dictionary by the grammar of RFC 9651.
    case malformed
}
