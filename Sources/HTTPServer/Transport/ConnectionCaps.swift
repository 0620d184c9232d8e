import Primitives
import Synchronization

/// Counts connections, in all and by network address, across a server's loops.
final class ConnectionCaps: Sendable {
    private struct State {
        var total = 0
        var byNetwork: [IPAddress: Int] = [:]
    }

    private let limit: Int
    private let limitPerNetwork: Int
    private let state = Mutex(State())

    init(_ limits: ServerLimits) {
        limit = limits.connections
        limitPerNetwork = limits.connectionsPerAddress
    }

    /// Books a connection of which it is not known yet whose it is, unless there are too many in all.
    func admitUnknown() -> Bool {
        state.withLock { state in
            guard state.total < limit else { return false }
            state.total += 1
            return true
        }
    }

    /// Gives back what `admitUnknown` booked.
    func releaseUnknown() {
        state.withLock { $0.total -= 1 }
    }

    /// Books a connection, unless a cap is reached.
    func admit(_ peer: PeerAddress) -> Bool {
        state.withLock { state in
            let held = state.byNetwork[peer.network, default: 0]
            guard state.total < limit, held < limitPerNetwork else { return false }
            state.total += 1
            state.byNetwork[peer.network] = held + 1
            return true
        }
    }

    /// Gives back what `admit` booked.
    func release(_ peer: PeerAddress) {
        state.withLock { state in
            state.total -= 1
            guard let held = state.byNetwork[peer.network] else { return }
            state.byNetwork[peer.network] = held > 1 ? held - 1 : nil
        }
    }
}
