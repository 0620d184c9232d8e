internal import Primitives
internal import Synchronization

/// When the server was last found unreachable. While that is fresh nobody tries again, so that calls are refused at
/// once instead of each waiting for a connection that will not come.
final class Outage: Sendable {
    /// How long one failure speaks for all.
    static let milliseconds: UInt64 = 200

    private let until = Atomic<UInt64>(0)

    /// Whether an attempt failed just now.
    var isFresh: Bool { Monotonic.nanoseconds() < until.load(ordering: .relaxed) }

    /// Notes a failed attempt.
    func note() {
        until.store(Monotonic.nanoseconds() + Self.milliseconds * 1_000_000, ordering: .relaxed)
    }
}
