public import Database
public import Primitives

/// Table `login_sessions`: one row for each login, and one for each wallet token that was logged out, as far as
/// `WalletTokenMarks` leaves them. A login whose row is not there, and any token whose row says revoked, is refused.
public struct Sessions: Sendable {
    /// How long a login lasts: what clients of this interface expect, a day.
    public static let lifetimeSeconds: Int64 = 24 * 60 * 60
    /// How long a login lasts that a contract had a say in: what it said may not hold in a later block.
    public static let revocableLifetimeSeconds: Int64 = 60 * 60
    /// Stands before the ids of login sessions.
    static let idPrefix = "lgn_"
    /// Stands before the ids of contract wallets' sessions. No other session's id begins so: ids have no other
    /// underscore.
    static let contractIDPrefix = "lgn_contract_"

    /// The table's operations.
    public init() {}

    /// Begins a session in the caller's transaction. It ends on a whole second, as its token's `exp` does.
    public func begin(
        id: String, of wallet: WalletID, at now: Timestamp, lifetimeSeconds: Int64 = Sessions.lifetimeSeconds,
        in tx: borrowing WriteTransaction
    ) throws -> SessionRow {
        let session = SessionRow(
            id: id, wallet: wallet, createdAt: now,
            expiresAt: Timestamp(unixSeconds: now.unixSeconds).adding(seconds: lifetimeSeconds),
            revokedAt: nil)
        try tx.execute(
            "insert into login_sessions (id, wallet_id, created_at, expires_at) values ($1, $2, $3, $4)",
            [
                .text(session.id), .wallet(wallet), .timestamp(session.createdAt), .timestamp(session.expiresAt),
            ])
        return session
    }

    /// The session with this id.
    public func find(_ id: String, in tx: borrowing some SQLReader & ~Copyable) throws -> SessionRow? {
        try tx.first(
            "select id, wallet_id, created_at, expires_at, revoked_at from login_sessions where id = $1", [.text(id)],
            SessionRow.init(row:))
    }

    /// Ends the principal's session for good. A wallet token has no row until then: it gets one that says revoked, or
    /// where the wallet has too many of those, `WalletTokenMarks` ends them all. A second time changes nothing.
    @discardableResult
    public func revoke(
        _ principal: Principal, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Revocation {
        if principal.isWalletToken {
            try tx.lock(principal.walletID)
            let marks = WalletTokenMarks()
            if let mark = try marks.find(principal.walletID, in: tx), principal.expiresAt <= mark {
                return .walletTokens(upTo: mark)
            }
            if let mark = try marks.markIfFull(principal, at: now, in: tx) { return .walletTokens(upTo: mark) }
        }
        try tx.execute(
            """
            insert into login_sessions (id, wallet_id, created_at, expires_at, revoked_at) values ($1, $2, $3, $4, $3)
                on conflict (id) do update set revoked_at = coalesce(login_sessions.revoked_at, excluded.revoked_at)
            """,
            [
                .text(principal.sessionID), .wallet(principal.walletID), .timestamp(now),
                .timestamp(principal.expiresAt),
            ])
        return .one
    }

    /// Every session that was revoked and has not expired: what a starting node has to know.
    public func revoked(at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable) throws -> [SessionRow] {
        try tx.rows(
            """
            select id, wallet_id, created_at, expires_at, revoked_at from login_sessions
                where revoked_at is not null and expires_at > $1
            """,
            [.timestamp(now)], SessionRow.init(row:))
    }

    /// The ids of sessions that ended before `moment`, oldest first, at most `limit`.
    public func expired(
        before moment: Timestamp, limit: Int, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [String] {
        try tx.rows(
            "select id from login_sessions where expires_at < $1 order by expires_at limit $2",
            [.timestamp(moment), .integer(Int64(limit))]
        ) { try $0.text(0) }
    }

    /// Removes the sessions that ended before `moment`, at most `limit` of them, and returns how many those were.
    @discardableResult
    public func purge(before moment: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        let ids = try expired(before: moment, limit: limit, in: tx)
        for id in ids { try tx.execute("delete from login_sessions where id = $1", [.text(id)]) }
        return ids.count
    }
}

extension SessionRow {
    init(row: borrowing Row) throws {
        self.init(
            id: try row.text(0), wallet: try row.wallet(1), createdAt: try row.timestamp(2),
            expiresAt: try row.timestamp(3), revokedAt: try row.optionalTimestamp(4))
    }
}
