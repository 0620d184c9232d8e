import EventLoops
import Synchronization

extension Task where Failure == Never {
    /// Whether the task ends within so many milliseconds; waits no longer, and lets it go on.
    func ends(on loop: EventLoop, withinMilliseconds limit: UInt64) async -> Bool {
        await withCheckedContinuation { continuation in
            let waiting = Mutex<CheckedContinuation<Bool, Never>?>(continuation)
            let answer: @Sendable (Bool) -> Void = { ends in
                let continuation = waiting.withLock { $0.take() }
                continuation?.resume(returning: ends)
            }
            let deadline = Deadline(on: loop, afterMilliseconds: limit) { answer(false) }
            Task<Void, Never>(executorPreference: loop) {
                _ = await value
                deadline.cancel()
                answer(true)
            }
        }
    }
}
