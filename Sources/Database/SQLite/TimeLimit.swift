internal import CSQLite
internal import Primitives

/// The deadline of the body that a connection is running. SQLite asks every thousand of its steps whether to go on.
final class TimeLimit {
    /// SQLite's virtual machine steps between two looks at the clock: some ten microseconds of work.
    private static let stepsBetweenLooks: CInt = 1_000

    private var deadlineNanoseconds: UInt64?

    /// Asks `connection` to obey this limit. The limit must live as long as the connection.
    func install(on connection: OpaquePointer) {
        sqlite3_progress_handler(
            connection, Self.stepsBetweenLooks,
            { context in
                guard let context else { return 0 }
                return Unmanaged<TimeLimit>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private var isOver: Bool {
        deadlineNanoseconds.map { Monotonic.nanoseconds() > $0 } ?? false
    }

    /// Runs `body`; SQLite gives up with `.timeLimit` once `milliseconds` have passed.
    func enforce<R>(milliseconds: Int, _ body: () throws -> R) rethrows -> R {
        deadlineNanoseconds = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
        defer { deadlineNanoseconds = nil }
        return try body()
    }
}
