/// Some rows of a wallet's log, and the end of it.
public struct AuditPage: Hashable, Sendable {
    /// The rows, in order.
    public let entries: [AuditEntry]
    /// The number of the last row of all; 0 if there is none.
    public let lastSequence: Int64
    /// The hash of the last row of all; empty if there is none.
    public let lastHash: [UInt8]
}
