import EventLoops
import Synchronization

/// A timer of an event loop that can be set and taken back from any thread.
final class Deadline: Sendable {
    private let loop: EventLoop
    private let timer = Mutex<TimerID?>(nil)

    /// Runs `body` on `loop` after so many milliseconds.
    init(on loop: EventLoop, afterMilliseconds delay: UInt64, _ body: @escaping @Sendable () -> Void) {
        self.loop = loop
        loop.execute { [self] in
            let set = loop.schedule(afterMilliseconds: delay, body)
            timer.withLock { $0 = set }
        }
    }

    /// Takes it back if it has not run yet.
    func cancel() {
        // After the setting, which was queued first.
        loop.execute { [self] in
            if let timer = timer.withLock({ $0 }) { loop.cancel(timer) }
        }
    }
}
