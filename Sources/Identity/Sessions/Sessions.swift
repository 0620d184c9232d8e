public import Database
import Ethereum
public import Primitives

/// Table `login_sessions`: one row for each login, and one for each wallet token that was logged out, as far as
/// `WalletTokenMarks` leaves them. A login whose row is not there, and any token whose row says revoked, is refused.
public struct Sessions: Sendable {
    /// How long a login lasts: what clients of this interface expect, a day.
    public static let lifetimeSeconds: Int64 = 24 * 60 * 60
    /// How long a login lasts that a contract had a say in: what it said may not hold in a later block.
    public static let revocableLifetimeSeconds: Int64 = 60 * 60
    /// Stands before the ids of login sessions.
    static let idPrefix = CredentialKind.login.rawValue
    /// Stands before the ids of contract wallets' sessions. No other session's id begins so: ids have no other
    /// underscore.
    static let contractIDPrefix = "lgn_contract_"
    /// Stands before the ids of a key's sessions where a contract had a say as well.
    static let delegatedIDPrefix = "lgn_delegated_"

    /// Stands before the id of the session that a proof begins.
    static func idPrefix(for proof: SignatureProof) -> String {
        if proof.holder != .key { return contractIDPrefix }
        return proof.isRevocable ? delegatedIDPrefix : idPrefix
    }

    /// Whether a contract had a say in the login with this id.
    static func isRevocable(_ id: String) -> Bool {
        [contractIDPrefix, delegatedIDPrefix].contains { id.utf8.starts(with: $0.utf8) }
    }

    /// The table's operations.
    public init() {}

    /// Begins a session in the caller's transaction. It lasts as long as it may, or until `end` if that is earlier, and
    /// ends on a whole second, as its token's `exp` does. `parent` is what it hangs on, a device for instance.
    public func begin(
        id: String, of wallet: WalletID, at now: Timestamp, lifetimeSeconds: Int64 = Sessions.lifetimeSeconds,
        until end: Timestamp? = nil, parent: String? = nil,
        in tx: borrowing WriteTransaction
    ) throws -> SessionRow {
        let longest = Timestamp(unixSeconds: now.unixSeconds).adding(seconds: lifetimeSeconds)
        let session = SessionRow(
            id: id, wallet: wallet, createdAt: now,
            expiresAt: min(longest, Timestamp(unixSeconds: end?.unixSeconds ?? longest.unixSeconds)), revokedAt: nil)
        try tx.execute(
            "insert into login_sessions (id, wallet_id, created_at, expires_at, parent) values ($1, $2, $3, $4, $5)",
            [
                .text(session.id), .wallet(wallet), .timestamp(session.createdAt), .timestamp(session.expiresAt),
                .optional(parent) { .text($0) },
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
        try revoke(
            RevokedCredential(
                id: principal.sessionID, wallet: principal.walletID, expiresAt: principal.expiresAt), at: now, in: tx)
        return .one
    }

    /// Ends the use of API keys by their prefixes, whose rows are gone when this commits: for every node that remembers
    /// them. Returns what is to be refused.
    func revoke(
        keys prefixes: [String], of wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> [RevokedCredential] {
        let until = now.adding(seconds: APIKeys.revocationSeconds)
        let revoked = prefixes.map { prefix in
            RevokedCredential(id: APIKeyText.credentialID(prefix: prefix), wallet: wallet, expiresAt: until)
        }
        for credential in revoked { try revoke(credential, at: now, in: tx) }
        return revoked
    }

    /// The row that says so, for every node and every start to come.
    func revoke(_ credential: RevokedCredential, at now: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            insert into login_sessions (id, wallet_id, created_at, expires_at, revoked_at) values ($1, $2, $3, $4, $3)
                on conflict (id) do update set revoked_at = coalesce(login_sessions.revoked_at, excluded.revoked_at)
            """,
            [.text(credential.id), .wallet(credential.wallet), .timestamp(now), .timestamp(credential.expiresAt)])
    }

    /// The wallet's sessions that are good at `now`, newest first, at most `limit`.
    func live(
        of wallet: WalletID, at now: Timestamp, limit: Int, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [LiveSession] {
        try tx.rows(
            """
            select id, created_at, last_used_at, expires_at from login_sessions
                where wallet_id = $1 and expires_at > $2 and revoked_at is null
                order by created_at desc, id desc limit $3
            """,
            [.wallet(wallet), .timestamp(now), .integer(Int64(limit))]
        ) { row in
            LiveSession(
                id: try row.text(0), createdAt: try row.timestamp(1), lastUsedAt: try row.optionalTimestamp(2),
                expiresAt: try row.timestamp(3))
        }
    }

    /// Ends every session of the wallet that is good at `now`, but `kept`, and returns them.
    func revokeAll(
        of wallet: WalletID, but kept: String?, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> [RevokedCredential] {
        let live = try live(of: wallet, at: now, limit: .max, in: tx).filter { $0.id != kept }
        try tx.execute(
            """
            update login_sessions set revoked_at = $2
                where wallet_id = $1 and expires_at > $2 and revoked_at is null and id <> $3
            """,
            [.wallet(wallet), .timestamp(now), .text(kept ?? "")])
        return live.map { RevokedCredential(id: $0.id, wallet: wallet, expiresAt: $0.expiresAt) }
    }

    /// Ends every session that hangs on `parent` and is good at `now`, and returns them.
    func revokeAll(
        below parent: String, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> [RevokedCredential] {
        let live = try tx.rows(
            """
            select id, wallet_id, expires_at from login_sessions
                where parent = $1 and expires_at > $2 and revoked_at is null
            """,
            [.text(parent), .timestamp(now)]
        ) { RevokedCredential(id: try $0.text(0), wallet: try $0.wallet(1), expiresAt: try $0.timestamp(2)) }
        for credential in live { try revoke(credential, at: now, in: tx) }
        return live
    }

    /// When one of the sessions that hang on `parent` was last used.
    func lastUse(below parent: String, in tx: borrowing some SQLReader & ~Copyable) throws -> Timestamp? {
        try tx.first("select max(last_used_at) from login_sessions where parent = $1", [.text(parent)]) {
            try $0.optionalTimestamp(0)
        }.flatMap { $0 }
    }

    /// Records when a session was last used.
    func noteUse(_ id: String, at moment: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            update login_sessions set last_used_at = $2
                where id = $1 and (last_used_at is null or last_used_at < $2)
            """,
            [.text(id), .timestamp(moment)])
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
