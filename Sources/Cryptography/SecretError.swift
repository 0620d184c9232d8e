/// Why secret memory could not be had.
public enum SecretError: Error, Hashable, Sendable {
    /// Every slot of the arena is in use. Nothing was allocated elsewhere: a secret lies in locked memory or nowhere.
    case exhausted
    /// More bytes than a slot holds (`limit`).
    case tooLong(limit: Int)
    /// The arena of default size, made because `SecretArena.prepare` was not called, could not be locked.
    case unavailable(SecretArenaError)
}

/// Why the arena could not be set up. The program must not start without it.
public enum SecretArenaError: Error, Hashable, Sendable {
    /// The kernel refused to lock the memory: RLIMIT_MEMLOCK (`limitBytes`; `UInt64.max` when unlimited) is below
    /// `neededBytes` plus what the process has locked already.
    case lockRefused(neededBytes: Int, limitBytes: UInt64)
    /// The kernel refused to map or protect `neededBytes`, with its error number.
    case mapRefused(neededBytes: Int, errno: CInt)
    /// OpenSSL could not make its secure heap of `neededBytes`.
    case heapRefused(neededBytes: Int)
    /// An arena of this smaller size is in use already: `prepare` comes first in a program's life.
    case alreadyPrepared(slots: Int, slotBytes: Int)
}
