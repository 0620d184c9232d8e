import Primitives
import Synchronization

/// What became of the calls, so that tests can see that a client's leaving reached the provider.
final class CallCounters: Sendable {
    enum Outcome {
        /// The answer was sent whole, or was an error.
        case finished
        /// The client left first.
        case cancelled
        /// The simulator broke it off, as it was told to.
        case broken
    }

    /// A number that somebody may wait for.
    enum Milestone: String {
        case started
        case cancelled
    }

    private struct Waiter {
        let milestone: Milestone
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var started = 0
        var finished = 0
        var cancelled = 0
        var broken = 0
        var waiting: [Waiter] = []

        func has(_ count: Int, _ milestone: Milestone) -> Bool {
            switch milestone {
            case .started: started >= count
            case .cancelled: cancelled >= count
            }
        }

        /// Those who need not wait any longer.
        mutating func release() -> [Waiter] {
            let all = waiting
            waiting = all.filter { !has($0.count, $0.milestone) }
            return all.filter { has($0.count, $0.milestone) }
        }
    }

    private let state = Mutex(State())

    /// Counts a call and gives it a number.
    func start() -> Int {
        change { state in
            state.started += 1
            return state.started
        }
    }

    func end(_ outcome: Outcome) {
        change { state in
            switch outcome {
            case .finished: state.finished += 1
            case .cancelled: state.cancelled += 1
            case .broken: state.broken += 1
            }
        }
    }

    private func change<Answer: Sendable>(_ body: @Sendable (inout State) -> Answer) -> Answer {
        let (answer, released) = state.withLock { state in (body(&state), state.release()) }
        for waiter in released { waiter.continuation.resume() }
        return answer
    }

    /// Returns once so many calls were started, or cancelled by their clients.
    func wait(for count: Int, _ milestone: Milestone) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                let isThere = state.has(count, milestone)
                if !isThere {
                    state.waiting.append(Waiter(milestone: milestone, count: count, continuation: continuation))
                }
                return isThere
            }
            if isThere { continuation.resume() }
        }
    }

    var json: JSON {
        state.withLock { state in
            [
                "started": .integer(Int64(state.started)), "finished": .integer(Int64(state.finished)),
                "cancelled": .integer(Int64(state.cancelled)), "broken": .integer(Int64(state.broken)),
                "open": .integer(Int64(state.started - state.finished - state.cancelled - state.broken)),
            ]
        }
    }
}
