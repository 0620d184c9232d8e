/// The bounds of one turn, each with its reason. Its time is bounded by `ProviderLimits`.
public enum TurnLimits {
    /// Bytes of text and thinking in one answer: more than the 128,000 output tokens of the largest model come to.
    public static let outputBytes = 1 << 20
    /// The record of a running turn counts as left behind after the provider's longest time and this much for the
    /// writes around it.
    public static let leaseMarginSeconds: Int64 = 300
    /// The first note of progress: soon enough that a crash forgets a fortieth of a second, late enough that a short
    /// answer is settled before and costs one write less.
    public static let firstJournalMilliseconds: UInt64 = 25
    /// Later notes: a crash forgets at most a second of an answer, in the wallet's favour.
    public static let journalMilliseconds: UInt64 = 1_000
    /// Pauses before the last write of a turn is tried again while its client waits, when the disk is full or busy.
    public static let settleRetryMilliseconds: [UInt64] = [50, 500]
    /// The pause before turns that could not be written are tried again. It doubles each time: a disk that was full for
    /// a moment has room by then, and one that stays full is not kept busy.
    public static let firstRewriteMilliseconds: UInt64 = 1_000
    /// That pause at the longest: storage that is back is noticed within half a minute.
    public static let longestRewriteMilliseconds: UInt64 = 30_000
    /// How long an orderly end tries to write turns that could not be written. What is left then is ended by the next
    /// start, from what was noted.
    public static let stopMilliseconds: UInt64 = 5_000
    /// The pause between such attempts.
    public static let stopRewriteMilliseconds: UInt64 = 100
    /// Bytes of answers that are kept for turns that could not be written. Beyond it, turns are charged in full and
    /// their answers are lost.
    public static let unwrittenBytes = 64 << 20
    /// A history above this many bytes is opened and written as a request off the event loop: half a megabyte takes
    /// milliseconds, which every other client of the loop would wait for.
    public static let historyBytesOnLoop = 16 << 10
}
