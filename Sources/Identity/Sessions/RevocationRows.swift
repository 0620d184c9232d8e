import Database
import Primitives

/// What the tables say is revoked: all of it, or what a look at the feed found.
struct RevocationRows: Sendable {
    /// Revoked sessions and wallet tokens.
    var sessions: [SessionRow] = []
    /// Wallets all of whose tokens are refused until a moment.
    var marks: [(wallet: WalletID, until: Timestamp)] = []

    /// Nothing yet.
    init() {}

    /// Everything that still refuses something.
    init(at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable) throws {
        sessions = try Sessions().revoked(at: now, in: tx)
        marks = try WalletTokenMarks().all(at: now, in: tx)
    }

    /// Adds what stands behind `changes`.
    mutating func add(_ changes: [ChangeFeed.Change], in tx: borrowing some SQLReader & ~Copyable) throws {
        for change in changes {
            switch change.table {
            case "login_sessions":
                if let row = try Sessions().find(change.key, in: tx), row.revokedAt != nil { sessions.append(row) }
            case "wallet_token_marks":
                guard let wallet = Int64(change.key).map({ WalletID($0) }) else { continue }
                if let until = try WalletTokenMarks().find(wallet, in: tx) { marks.append((wallet, until)) }
            default: continue
            }
        }
    }
}
