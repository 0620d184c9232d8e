import Primitives
import Synchronization

/// What is revoked, in memory, so that a token that was verified before is refused without a query.
final class RevokedSessions: Sendable {
    private struct State {
        var sessions: [String: Timestamp] = [:]
        /// Apart by wallet: a mark replaces them at once, and there are never more than a few.
        var walletTokens: [WalletID: [String: Timestamp]] = [:]
        var marks: [WalletID: Timestamp] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// Takes in what the tables say. What is revoked stays so.
    func insert(_ rows: RevocationRows) {
        state.withLock { state in
            for row in rows.sessions {
                if row.id.hasPrefix(VerifiedWalletToken.idPrefix) {
                    state.walletTokens[row.wallet, default: [:]][row.id] = row.expiresAt
                } else {
                    state.sessions[row.id] = row.expiresAt
                }
            }
            for mark in rows.marks {
                state.marks[mark.wallet] = max(mark.until, state.marks[mark.wallet] ?? mark.until)
            }
        }
    }

    func contains(_ principal: Principal) -> Bool {
        state.withLock { state in
            guard principal.isWalletToken else { return state.sessions[principal.sessionID] != nil }
            if let mark = state.marks[principal.walletID], principal.expiresAt <= mark { return true }
            return state.walletTokens[principal.walletID]?[principal.sessionID] != nil
        }
    }

    /// Takes in what a logout ended. It is forgotten once its tokens would be refused anyway.
    func insert(_ principal: Principal, _ revocation: Revocation) {
        state.withLock { state in
            switch revocation {
            case .one where principal.isWalletToken:
                state.walletTokens[principal.walletID, default: [:]][principal.sessionID] = principal.expiresAt
            case .one: state.sessions[principal.sessionID] = principal.expiresAt
            case .walletTokens(let until): RevokedSessions.mark(principal.walletID, until, in: &state)
            }
        }
    }

    /// Takes in a mark that was set without a logout.
    func insert(mark until: Timestamp, of wallet: WalletID) {
        state.withLock { RevokedSessions.mark(wallet, until, in: &$0) }
    }

    /// Of two marks at once the later may come here first: a mark never goes back.
    private static func mark(_ wallet: WalletID, _ until: Timestamp, in state: inout State) {
        let mark = max(until, state.marks[wallet] ?? until)
        state.marks[wallet] = mark
        state.walletTokens[wallet] = state.walletTokens[wallet]?.filter { $0.value > mark }
    }

    /// Takes in what ended beside logouts. None of these is a wallet token.
    func insert(_ credentials: [RevokedCredential]) {
        state.withLock { state in
            for credential in credentials { state.sessions[credential.id] = credential.expiresAt }
        }
    }

    /// Forgets what ended tokens that expired before `moment`.
    func purge(before moment: Timestamp) {
        state.withLock { state in
            state.sessions = state.sessions.filter { $0.value >= moment }
            state.walletTokens = state.walletTokens.compactMapValues { ids in
                let live = ids.filter { $0.value >= moment }
                return live.isEmpty ? nil : live
            }
            state.marks = state.marks.filter { $0.value >= moment }
        }
    }

    /// Entries of all kinds.
    var count: Int {
        state.withLock { state in
            state.sessions.count + state.marks.count + state.walletTokens.values.reduce(0) { $0 + $1.count }
        }
    }
}
