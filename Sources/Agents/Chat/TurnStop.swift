import EventLoops
import Synchronization

/// Stops the work of one turn from outside: the task that does it is cancelled, and can ask why.
final class TurnStop: Sendable {
    /// Why a turn was stopped.
    enum Reason: Hashable, Sendable {
        /// Nobody waits for it any more.
        case clientLeft
        /// It ran for as long as a turn may.
        case timeLimit
        /// The gateway is about to end.
        case interrupted
    }

    private struct State {
        var reason: Reason?
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Why the turn was stopped; nil if it was not.
    var reason: Reason? { state.withLock { $0.reason } }

    /// Stops what runs now and whatever `run` is given later. The first reason stands.
    func stop(_ reason: Reason) {
        let cancel = state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.cancel
        }
        cancel?()
    }

    /// Does a piece of work on `loop` in a task of its own. The task is cancelled when the turn is stopped, when the
    /// caller's task is cancelled, and after so many milliseconds, which leaves no reason behind. One at a time.
    func run<R: Sendable>(
        on loop: EventLoop, withinMilliseconds limit: UInt64, _ work: @escaping @Sendable () async -> R
    ) async -> R {
        let task = Task(executorPreference: loop) { await work() }
        let isStopped = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.reason != nil
        }
        if isStopped { task.cancel() }
        let deadline = Deadline(on: loop, afterMilliseconds: limit) { task.cancel() }
        defer {
            deadline.cancel()
            state.withLock { $0.cancel = nil }
        }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            stop(.clientLeft)
        }
    }
}
