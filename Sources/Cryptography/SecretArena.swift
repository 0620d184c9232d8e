import Synchronization

/// The one place of the process where secrets lie: fixed slots in memory that is locked (never swapped), left out of
/// core dumps and of forked children, and fenced by pages that nobody may touch.
///
/// Fixed slots rather than an allocation each, because a page-guarded allocator runs out of mappings after some 16,000
/// of them and, past the lock limit, hands out unlocked memory without a word. Here the lock is taken once, and checked.
public enum SecretArena {
    /// Slots of the arena that is made when `prepare` was not called: enough for tests and small tools (1 MiB).
    public static let defaultSlots = 2_048
    /// Bytes a slot holds by default: the longest provider keys seen are below 256, signatures and data keys below 128.
    public static let defaultSlotBytes = 512

    /// How full the arena is.
    public struct Usage: Hashable, Sendable {
        /// Slots that hold a secret now.
        public let used: Int
        /// Slots there are.
        public let slots: Int
        /// Bytes a slot holds.
        public let slotBytes: Int
    }

    private static let shared = Mutex<GuardedRegion?>(nil)

    /// Maps and locks the arena. Called once, at the start of the program; a later call is harmless if what stands is at
    /// least as large. Cost: the pages are touched at once (1 MiB takes about 0.2 ms).
    public static func prepare(slots: Int, slotBytes: Int = defaultSlotBytes) throws(SecretArenaError) {
        try shared.withLock { region throws(SecretArenaError) in
            guard let standing = region else {
                region = try GuardedRegion(slots: slots, slotBytes: slotBytes)
                return
            }
            guard standing.slots >= slots, standing.slotBytes >= slotBytes else {
                throw .alreadyPrepared(slots: standing.slots, slotBytes: standing.slotBytes)
            }
        }
    }

    /// How full the arena is; nil before its first use.
    public static var usage: Usage? {
        shared.withLock { $0 }.map { Usage(used: $0.used, slots: $0.slots, slotBytes: $0.slotBytes) }
    }

    /// The arena, made with the default size if nobody prepared it.
    static func region() throws(SecretError) -> GuardedRegion {
        try shared.withLock { region throws(SecretError) in
            if let region { return region }
            do throws(SecretArenaError) {
                let made = try GuardedRegion(slots: defaultSlots, slotBytes: defaultSlotBytes)
                region = made
                return made
            } catch {
                throw .unavailable(error)
            }
        }
    }
}
