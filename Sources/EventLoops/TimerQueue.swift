/// Names one scheduled timer. A timer that has run or was cancelled has no name any more: cancelling it does nothing.
public struct TimerID: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32
}

/// Deadlines in order: a binary heap over reusable slots. A pure value; time comes in as a number.
///
/// Insertion costs O(log n). Cancelling is O(1): it empties the slot, and the heap's entry is passed over when its time
/// comes or swept out once more than half of the heap is such husks, so that re-armed timers cannot pile up.
struct TimerQueue<Payload> {
    private struct Entry {
        let deadline: UInt64
        let sequence: UInt64
        let id: TimerID

        func isBefore(_ other: Entry) -> Bool {
            (deadline, sequence) < (other.deadline, other.sequence)
        }
    }

    private struct Slot {
        var generation: UInt32 = 0
        var payload: Payload?
    }

    /// Below this many husks a sweep is not worth its cost.
    static var minimumHusks: Int { 64 }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private var sequence: UInt64 = 0

    /// How many timers wait.
    private(set) var count = 0
    /// Heap entries, husks included.
    var entryCount: Int { heap.count }

    /// The earliest deadline that still has a timer, or nil.
    mutating func nextDeadline() -> UInt64? {
        dropHusks()
        return heap.first?.deadline
    }

    /// Adds a timer; of equal deadlines the one inserted first comes out first.
    mutating func insert(deadline: UInt64, _ payload: Payload) -> TimerID {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].payload = payload
        let id = TimerID(slot: slot, generation: slots[Int(slot)].generation)
        heap.append(Entry(deadline: deadline, sequence: sequence, id: id))
        sequence += 1
        count += 1
        siftUp(heap.count - 1)
        return id
    }

    /// Removes a timer; returns whether it was still waiting.
    @discardableResult
    mutating func cancel(_ id: TimerID) -> Bool {
        guard take(id) != nil else { return false }
        if heap.count > 2 * count + TimerQueue.minimumHusks { sweep() }
        return true
    }

    /// Takes out the earliest timer whose deadline is not after `now`, or returns nil.
    mutating func popDue(now: UInt64) -> Payload? {
        dropHusks()
        guard let first = heap.first, first.deadline <= now else { return nil }
        removeFirst()
        return take(first.id)
    }

    private func isAlive(_ id: TimerID) -> Bool {
        slots[Int(id.slot)].generation == id.generation
    }

    private mutating func take(_ id: TimerID) -> Payload? {
        guard Int(id.slot) < slots.count, isAlive(id), let payload = slots[Int(id.slot)].payload else { return nil }
        slots[Int(id.slot)].payload = nil
        slots[Int(id.slot)].generation &+= 1
        free.append(id.slot)
        count -= 1
        return payload
    }

    private mutating func dropHusks() {
        while let first = heap.first, !isAlive(first.id) { removeFirst() }
    }

    private mutating func sweep() {
        heap = heap.filter { isAlive($0.id) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
    }

    private mutating func removeFirst() {
        guard let last = heap.popLast() else { return }
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            let left = 2 * index + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
            guard heap[child].isBefore(heap[index]) else { return }
            heap.swapAt(index, child)
            index = child
        }
    }
}
