/// Who is served next, who has waited too long, and what the device's state is. Decides; `DeviceQueue` acts.
///
/// A ticket is waiting, then served, then gone. It is answered exactly once: by the end of its turn, by its time limit,
/// by leaving, or because the device is lost. A caller who is answered before its turn ends leaves the turn running:
/// the kernel cannot be interrupted.
struct DeviceTurns {
    /// What a caller wants, as far as the device's health is concerned.
    enum Purpose: Hashable, Sendable {
        case evidence
        case derivedKey
    }

    private struct Place {
        let ticket: UInt64
        let purpose: Purpose
        let deadline: UInt64
    }

    /// Callers that may wait, beside the one being served.
    let capacity: Int
    /// As told by the turns so far.
    private(set) var health = DeviceHealth.untried
    private var waiting: [Place] = []
    private var served: Place?
    private var isServedAnswered = false
    private var isStopped = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Takes a place at the end; times are monotonic nanoseconds. Returns why not, or nil.
    mutating func enter(_ ticket: UInt64, for purpose: Purpose, until deadline: UInt64) -> DeviceFault? {
        if isStopped { return .stopped }
        if health == .keyWiped { return .keyWiped }
        if waiting.count >= capacity { return .queueFull }
        waiting.append(Place(ticket: ticket, purpose: purpose, deadline: deadline))
        return nil
    }

    /// Begins the turn of whoever came first. Nil if nobody waits or a turn is running.
    mutating func begin() -> UInt64? {
        guard served == nil, !waiting.isEmpty else { return nil }
        let place = waiting.removeFirst()
        served = place
        isServedAnswered = false
        return place.ticket
    }

    /// Ends the running turn with its fault, if any. Returns the ticket if its caller still waits for the answer, and
    /// those who will never be served because the device is lost.
    mutating func end(with fault: DeviceFault?) -> (answered: UInt64?, lost: [UInt64]) {
        guard let place = served else { return (nil, []) }
        served = nil
        let answered = isServedAnswered ? nil : place.ticket
        if fault == .keyWiped {
            health = .keyWiped
            defer { waiting = [] }
            return (answered, waiting.map(\.ticket))
        }
        if place.purpose == .evidence { health = fault.map { .failing($0) } ?? .working }
        return (answered, [])
    }

    /// Everybody whose time limit has passed.
    mutating func expire(at now: UInt64) -> [UInt64] {
        var expired: [UInt64] = []
        if let served, !isServedAnswered, served.deadline <= now {
            isServedAnswered = true
            // The device keeps a caller longer than it should take: who asks for its health shall see that.
            health = .failing(.timedOut)
            expired.append(served.ticket)
        }
        expired += waiting.filter { $0.deadline <= now }.map(\.ticket)
        waiting.removeAll { $0.deadline <= now }
        return expired
    }

    /// A caller goes. False if it was answered before.
    mutating func leave(_ ticket: UInt64) -> Bool {
        if served?.ticket == ticket {
            defer { isServedAnswered = true }
            return !isServedAnswered
        }
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Nobody is served any more. Returns everybody who still waits for an answer.
    mutating func stop() -> [UInt64] {
        isStopped = true
        var left = waiting.map(\.ticket)
        waiting = []
        if let served, !isServedAnswered {
            isServedAnswered = true
            left.append(served.ticket)
        }
        return left
    }

    /// Callers that wait for their turn.
    var waitingCount: Int { waiting.count }

    /// Whether `stop` was called.
    var isOver: Bool { isStopped }

    /// The next moment at which somebody's time limit passes.
    var nextDeadline: UInt64? {
        let deadlines = waiting.map(\.deadline) + (isServedAnswered ? [] : served.map { [$0.deadline] } ?? [])
        return deadlines.min()
    }
}
