import CLinux
import COpenSSL
import Synchronization

/// The one place of the process where secrets lie: fixed slots in memory that is locked (never swapped), left out of
/// core dumps and of forked children, and fenced by pages that nobody may touch.
///
/// Fixed slots rather than an allocation each, because a page-guarded allocator runs out of mappings after some 16,000
/// of them and, past the lock limit, hands out unlocked memory without a word. Here the lock is taken once, and
/// checked.
public enum SecretArena {
    /// Slots of the arena that is made when `prepare` was not called: enough for tests and small tools (1 MiB).
    public static let defaultSlots = 2_048
    /// Bytes a slot holds by default: the longest provider keys seen are below 256, signatures and data keys below 128.
    public static let defaultSlotBytes = 512
    /// Bytes of OpenSSL's own locked heap where the lock limit allows them: private scalars and nonces, some 64 bytes
    /// each. Every TLS 1.3 connection keeps one until it ends; 20,000 of them need a third of this.
    public static let openSSLHeapBytesIfRoom = 4 << 20
    /// Bytes of that heap under a tight lock limit: the least that a gateway can work with.
    public static let leastOpenSSLHeapBytes = 1 << 20
    /// What the choice between the two leaves of the lock limit: page rounding, and what else the process locks.
    static let unlockedReserve: UInt64 = 1 << 20

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
    private static let heapBytes = Atomic<Int>(0)

    /// Maps and locks the arena, and the heap in which OpenSSL keeps private keys. Called once, at the start of the
    /// program and before the first key is made: a key that is older stays where it lies. A later call is harmless if
    /// what stands is at least as large. `openSSLHeapBytes` is a power of two, 0 for none, or nil: 4 MiB if the
    /// lock limit has room for them beside the arena, else 1 MiB.
    ///
    /// Needs `slots * slotBytes + openSSLHeapBytes` of RLIMIT_MEMLOCK. All pages are touched at once.
    public static func prepare(
        slots: Int, slotBytes: Int = defaultSlotBytes, openSSLHeapBytes: Int? = nil
    ) throws(SecretArenaError) {
        try shared.withLock { region throws(SecretArenaError) in
            guard let standing = region else {
                let made = try GuardedRegion(slots: slots, slotBytes: slotBytes)
                let room = heapBytes(beside: slots * slotBytes, limit: linux_lock_limit())
                try prepareOpenSSLHeap(openSSLHeapBytes ?? room)
                region = made
                return
            }
            guard standing.slots >= slots, standing.slotBytes >= slotBytes else {
                throw .alreadyPrepared(slots: standing.slots, slotBytes: standing.slotBytes)
            }
        }
    }

    /// The heap that fits a lock limit beside an arena.
    static func heapBytes(beside arenaBytes: Int, limit: UInt64) -> Int {
        let needed = UInt64(arenaBytes) + UInt64(openSSLHeapBytesIfRoom) + unlockedReserve
        return needed <= limit ? openSSLHeapBytesIfRoom : leastOpenSSLHeapBytes
    }

    /// Gives OpenSSL a locked heap. From then on it keeps private scalars, their nonces and ephemeral keys there.
    private static func prepareOpenSSLHeap(_ bytes: Int) throws(SecretArenaError) {
        guard bytes > 0, CRYPTO_secure_malloc_initialized() == 0 else { return }
        precondition(bytes.nonzeroBitCount == 1, "OpenSSL's secure heap is a power of two")
        switch CRYPTO_secure_malloc_init(bytes, smallestOpenSSLBlock) {
        case 1: heapBytes.store(bytes, ordering: .relaxed)
        case 2:
            // Made, but not locked or not fenced. Nothing lies in it yet, so it can be given back.
            CRYPTO_secure_malloc_done()
            throw .lockRefused(neededBytes: bytes, limitBytes: linux_lock_limit())
        default: throw .heapRefused(neededBytes: bytes)
        }
    }

    /// A 256-bit number.
    private static let smallestOpenSSLBlock = 32

    /// The size of OpenSSL's locked heap; 0 without one. When it is full, the next signature traps: whoever lets
    /// strangers fill it (TLS connections) must stop well before.
    public static var openSSLHeapBytes: Int { heapBytes.load(ordering: .relaxed) }

    /// Bytes of OpenSSL's locked heap that are in use; 0 without one.
    public static var openSSLHeapUsed: Int {
        CRYPTO_secure_malloc_initialized() == 1 ? CRYPTO_secure_used() : 0
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
