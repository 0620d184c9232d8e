internal import Synchronization

/// The read-only connections, each lent to one borrower at a time. A borrower for whom none is left waits without
/// holding a thread; since reads are short, so are waits.
final class ConnectionPool: Sendable {
    private typealias Waiter = CheckedContinuation<SQLiteConnection, any Error>

    private struct State {
        var idle: [SQLiteConnection]
        var lent = 0
        var waiters: [Waiter] = []
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private enum Borrowing {
        case lent(SQLiteConnection)
        case refused(DatabaseError)
        case waiting
    }

    private let maximumWaiters: Int
    private let state: Mutex<State>

    /// A pool of `connections`, for whom at most `maximumWaiters` calls may wait.
    init(_ connections: [SQLiteConnection], maximumWaiters: Int) {
        state = Mutex(State(idle: connections))
        self.maximumWaiters = maximumWaiters
    }

    /// A connection, to be given back on every path.
    func borrow() async throws -> SQLiteConnection {
        switch lend(orQueue: nil) {
        case .lent(let connection): return connection
        case .refused(let error): throw error
        case .waiting: break
        }
        return try await withCheckedThrowingContinuation { waiter in
            switch lend(orQueue: waiter) {
            case .lent(let connection): waiter.resume(returning: connection)
            case .refused(let error): waiter.resume(throwing: error)
            case .waiting: break
            }
        }
    }

    private func lend(orQueue waiter: Waiter?) -> Borrowing {
        state.withLock { state in
            if state.isClosed { return .refused(.closed) }
            if let connection = state.idle.popLast() {
                state.lent += 1
                return .lent(connection)
            }
            guard let waiter else { return .waiting }
            guard state.waiters.count < maximumWaiters else { return .refused(.overloaded) }
            state.waiters.append(waiter)
            return .waiting
        }
    }

    /// How many wait for a connection.
    var waitingCount: Int { state.withLock { $0.waiters.count } }

    /// Whether further borrowers are refused.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes `connection` back: the one who waited longest gets it.
    func giveBack(_ connection: SQLiteConnection) {
        let (waiter, closers) = state.withLock { state -> (Waiter?, [CheckedContinuation<Void, Never>]) in
            if !state.waiters.isEmpty { return (state.waiters.removeFirst(), []) }
            state.lent -= 1
            guard state.isClosed else {
                state.idle.append(connection)
                return (nil, [])
            }
            connection.close()
            guard state.lent == 0 else { return (nil, []) }
            defer { state.closers = [] }
            return (nil, state.closers)
        }
        waiter?.resume(returning: connection)
        for closer in closers { closer.resume() }
    }

    /// Refuses further borrowers and returns once every connection is closed. Those who wait already are served.
    func close() async {
        await withCheckedContinuation { closer in
            let isOver = state.withLock { state in
                state.isClosed = true
                state.idle = []
                if state.lent > 0 { state.closers.append(closer) }
                return state.lent == 0
            }
            if isOver { closer.resume() }
        }
    }
}
