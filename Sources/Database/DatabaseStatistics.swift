/// What the database has done since it was opened, for metrics.
public struct DatabaseStatistics: Hashable, Sendable {
    /// Transactions committed by the writer.
    public var commits = 0
    /// Bodies settled in them, those that threw included.
    public var bodies = 0
    /// Bodies that ran again because the transaction around them was lost.
    public var repeats = 0
    /// The most bodies in one transaction.
    public var largestBatch = 0
    /// Copies of the log into the file.
    public var checkpoints = 0
    /// Pages in the log after the last commit.
    public var logPages = 0
    /// Bodies that wait for the writer now.
    public var waitingWrites = 0
}
