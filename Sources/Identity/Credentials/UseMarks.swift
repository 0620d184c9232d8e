import Primitives
import Synchronization

/// When credentials were last used, to ten minutes: gathered in memory and written by and by, so that a use costs no
/// write and the database tells nobody a wallet's hours to the second. What was not written when the program ends is
/// lost.
final class UseMarks: Sendable {
    /// The grid of the marks. A credential in constant use is written once in this time.
    static let gridSeconds: Int64 = 600
    /// Credentials that are remembered; above it all are forgotten, which costs one more write each.
    static let maximum = 16_384

    private struct State {
        /// The place on the grid up to which a credential's use is known.
        var known: [String: Int64] = [:]
        /// Those not written yet.
        var fresh: [String: Int64] = [:]
    }

    private let state = Mutex(State())

    /// Takes in a use of a credential that is listed somewhere. Memory only.
    func note(_ principal: Principal, at now: Timestamp) {
        guard principal.kind?.isListed == true else { return }
        note(principal.sessionID, at: now)
    }

    /// Takes in a use. Memory only.
    func note(_ credential: String, at now: Timestamp) {
        let place = now.unixSeconds / UseMarks.gridSeconds
        state.withLock { state in
            if let known = state.known[credential], known >= place { return }
            if state.known.count >= UseMarks.maximum { state.known = [:] }
            guard state.fresh.count < UseMarks.maximum else { return }
            state.known[credential] = place
            state.fresh[credential] = place
        }
    }

    /// At most `limit` uses that have to be written. They count as written.
    func take(_ limit: Int) -> [(credential: String, usedAt: Timestamp)] {
        state.withLock { state in
            let taken = state.fresh.prefix(limit).map { ($0.key, $0.value) }
            for (credential, _) in taken { state.fresh[credential] = nil }
            return taken.map { ($0.0, Timestamp(unixSeconds: $0.1 * UseMarks.gridSeconds)) }
        }
    }
}
