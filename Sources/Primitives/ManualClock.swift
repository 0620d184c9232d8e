import Synchronization

/// A clock that stands until it is moved: for tests and simulations.
public final class ManualClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// A clock that stands at `start`.
    public init(_ start: Timestamp) {
        moment = Mutex(start)
    }

    /// Where the clock stands.
    public func now() -> Timestamp {
        moment.withLock { $0 }
    }

    /// Moves the clock by `seconds`, backwards when negative.
    public func advance(seconds: Int64) {
        moment.withLock { $0 = $0.adding(seconds: seconds) }
    }
}
