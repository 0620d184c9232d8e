import Dispatch
import Synchronization

/// Keeps a body from going on until a test says so: what is queued meanwhile behind the writer meets in one
/// transaction.
final class Hold: Sendable {
    private let hasStarted = Atomic<Bool>(false)
    private let isReleased = Atomic<Bool>(false)
    private let released = DispatchSemaphore(value: 0)

    /// Called in the body. It waits once only: if the body has to run again, it passes.
    func wait() {
        hasStarted.store(true, ordering: .releasing)
        if !isReleased.load(ordering: .acquiring) { released.wait() }
    }

    /// Returns when the body waits.
    func started() async {
        while !hasStarted.load(ordering: .acquiring) { await Task.yield() }
    }

    /// Lets the body go on.
    func release() {
        isReleased.store(true, ordering: .releasing)
        released.signal()
    }
}
