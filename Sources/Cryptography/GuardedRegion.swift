import CLinux
import Glibc
import Synchronization

/// Equal slots between two guard pages, all of it locked. Slots are zero when taken and zeroed when given back.
final class GuardedRegion: Sendable {
    /// A slot in use. Whoever took it is the only one to write it.
    struct Slot {
        let index: Int
        let start: UnsafeMutableRawPointer
    }

    let slots: Int
    let slotBytes: Int
    private let mappedBytes: Int
    private nonisolated(unsafe) let mapping: UnsafeMutableRawPointer  // proof: set once in init, only read afterwards
    private nonisolated(unsafe) let firstSlot: UnsafeMutableRawPointer  // proof: set once in init, only read afterwards
    private let free: Mutex<[Int]>

    /// Maps, protects and locks. Nothing is kept when a step is refused.
    init(slots: Int, slotBytes: Int) throws(SecretArenaError) {
        precondition(slots > 0 && slotBytes > 0, "an arena has slots")
        let page = sysconf(CInt(_SC_PAGESIZE))
        let stride = (slotBytes + 15) & ~15
        let inner = (slots * stride + page - 1) / page * page
        let whole = inner + 2 * page
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let mapping = mmap(nil, whole, PROT_NONE, flags, -1, 0), Int(bitPattern: mapping) != -1 else {
            throw .mapRefused(neededBytes: whole, errno: linux_errno())
        }
        let first = mapping + page
        do {
            try GuardedRegion.open(first, bytes: inner)
        } catch {
            munmap(mapping, whole)
            throw error
        }
        self.slots = slots
        self.slotBytes = stride
        self.mapping = mapping
        mappedBytes = whole
        firstSlot = first
        free = Mutex(Array((0..<slots).reversed()))
    }

    deinit {
        Wipe.memory(UnsafeMutableRawBufferPointer(start: firstSlot, count: slots * slotBytes))
        munmap(mapping, mappedBytes)
    }

    /// Makes the inner pages usable, locked, and invisible to dumps and children.
    private static func open(_ start: UnsafeMutableRawPointer, bytes: Int) throws(SecretArenaError) {
        guard mprotect(start, bytes, PROT_READ | PROT_WRITE) == 0,
            madvise(start, bytes, CInt(MADV_DONTDUMP)) == 0,
            madvise(start, bytes, CInt(MADV_DONTFORK)) == 0
        else {
            throw .mapRefused(neededBytes: bytes, errno: linux_errno())
        }
        guard linux_lock_memory(start, bytes) == 0 else {
            throw .lockRefused(neededBytes: bytes, limitBytes: linux_lock_limit())
        }
    }

    /// A zeroed slot for `count` bytes.
    func take(_ count: Int) throws(SecretError) -> Slot {
        guard count <= slotBytes else { throw .tooLong(limit: slotBytes) }
        guard let index = free.withLock({ $0.popLast() }) else { throw .exhausted }
        return Slot(index: index, start: firstSlot + index * slotBytes)
    }

    /// Zeroes the slot and makes it free again.
    func give(back slot: Slot) {
        Wipe.memory(UnsafeMutableRawBufferPointer(start: slot.start, count: slotBytes))
        free.withLock { $0.append(slot.index) }
    }

    /// Slots in use.
    var used: Int { slots - free.withLock { $0.count } }
}
