/// Why bytes are not a certificate table.
public enum CertificateTableFault: String, Error, Hashable, Sendable {
    /// More than the kernel ever hands out.
    case tooLarge = "too_large"
    /// The entries run off the end without the entry of zeros that ends them.
    case noEnd = "no_end"
    /// An entry points into the list of entries or beyond the table.
    case placeOutsideTable = "place_outside_table"
    /// Two entries of one kind: which is meant cannot be told.
    case duplicateKind = "duplicate_kind"
    /// An entry of a known kind without content.
    case emptyEntry = "empty_entry"
}
