/// What a loop has to run beside its descriptors and timers.
enum Work {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
}

/// A queue in one array: taken from the front by index, emptied at once when it has run dry.
struct WorkQueue {
    private var items: [Work] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func append(_ work: Work) {
        items.append(work)
    }

    mutating func append(contentsOf more: [Work]) {
        items.append(contentsOf: more)
    }

    mutating func popFirst() -> Work? {
        guard head < items.count else { return nil }
        let work = items[head]
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= WorkQueue.compactionThreshold {
            items.removeSubrange(..<head)
            head = 0
        }
        return work
    }

    /// A queue that never runs dry gives back its used front after this many items; one move of the rest for so many
    /// items costs nothing measurable.
    private static let compactionThreshold = 4096
}
