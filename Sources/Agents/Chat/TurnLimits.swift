/// The bounds of turns, each with its reason.
public enum TurnLimits {
    /// Turns of one wallet at a time: more than a person, or a program with a few helpers, keeps in view.
    public static let runningPerWallet = 16
    /// Turns at a time in all: each holds a connection on both sides, and until its request is sent a slot of secret
    /// memory.
    public static let running = 4_096
    /// From the message to the provider's first word, connecting included: clients give up after 60 s of silence, and
    /// a refusal has to reach them before.
    public static let startMilliseconds: UInt64 = 50_000
    /// From the provider's first word to the end of the answer. Providers are given less (`ProviderLimits`); this ends
    /// a turn whose client takes a byte now and then.
    public static let answerMilliseconds: UInt64 = 1_800_000
    /// For so long a text that may be the beginning of a secret waits for what follows: longer than between two pieces
    /// of an answer that flows, shorter than a reader notices.
    public static let holdMilliseconds: UInt64 = 250
    /// For a client to take the last event, which comes after the charge: a slow line sends 64 KiB in that time.
    public static let lastEventMilliseconds: UInt64 = 10_000
    /// Bytes of text and thinking in one answer: more than the 128,000 output tokens of the largest model come to.
    public static let outputBytes = 1 << 20
    /// The record of a turn that this process does not answer for counts as left behind after the longest turn and
    /// this much for the writes around it.
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
