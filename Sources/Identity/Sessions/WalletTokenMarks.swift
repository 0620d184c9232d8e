public import Database
public import Primitives

/// Table `wallet_token_marks`: wallets that revoked so many wallet tokens that we no longer remember each.
///
/// A wallet makes tokens by itself, so one that logs out with ever new ones would fill disk and memory for a year.
/// Above
/// `maximumRevocations` the wallet gets a mark instead of another row: a moment, and every token of the wallet whose
/// signed text expires then or before is refused. The moment lies as far ahead as a token may, so the mark covers every
/// token that is good now, all revoked ones among them, and their rows can go. Challenge logins are untouched, and a
/// token that is signed later, to expire after the mark, works.
public struct WalletTokenMarks: Sendable {
    /// Revoked tokens of a wallet that are remembered one by one: more than a person has programs.
    public static let maximumRevocations = 64

    /// The table's operations.
    public init() {}

    /// The wallet's mark, if it has one.
    public func find(_ wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> Timestamp? {
        try tx.first("select refused_until from wallet_token_marks where wallet_id = $1", [.wallet(wallet)]) {
            try $0.timestamp(0)
        }
    }

    /// Every mark that still refuses something: what a starting node has to know.
    func all(
        at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [(wallet: WalletID, until: Timestamp)] {
        try tx.rows(
            "select wallet_id, refused_until from wallet_token_marks where refused_until > $1", [.timestamp(now)]
        ) { (try $0.wallet(0), try $0.timestamp(1)) }
    }

    /// Marks the wallet if it has no room for one more revocation, and removes the rows that the mark covers. Nil if
    /// there is room.
    func markIfFull(
        _ principal: Principal, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Timestamp? {
        let live = try tx.first(
            """
            select count(*) from login_sessions
                where wallet_id = $1 and substr(id, 1, 4) = 'wtk_' and expires_at > $2 and id <> $3
            """,
            [.wallet(principal.walletID), .timestamp(now), .text(principal.sessionID)]
        ) { try $0.integer(0) }
        guard (live ?? 0) >= Int64(WalletTokenMarks.maximumRevocations) else { return nil }
        return try mark(principal.walletID, beyond: principal.expiresAt, at: now, in: tx)
    }

    /// Marks the wallet: every wallet token of it that is good at `now`, or is presented as if it were, is refused.
    /// Removes the rows that the mark covers and returns the moment up to which tokens are refused.
    func mark(
        _ wallet: WalletID, beyond seen: Timestamp? = nil, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Timestamp {
        let cap = now.adding(seconds: WalletTokens.maximumLifetimeSeconds)
        // No token that was accepted expires after the cap, unless the clock was put back since.
        let until = max(cap, seen ?? cap, try find(wallet, in: tx) ?? cap)
        try tx.execute(
            """
            insert into wallet_token_marks (wallet_id, refused_until) values ($1, $2)
                on conflict (wallet_id) do update set refused_until = excluded.refused_until
            """,
            [.wallet(wallet), .timestamp(until)])
        try tx.execute(
            """
            delete from login_sessions where wallet_id = $1 and substr(id, 1, 4) = 'wtk_' and expires_at <= $2
            """,
            [.wallet(wallet), .timestamp(until)])
        return until
    }

    /// Removes marks that refuse nothing any more, at most `limit`, and returns how many those were.
    @discardableResult
    public func purge(before moment: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from wallet_token_marks where wallet_id in
                (select wallet_id from wallet_token_marks where refused_until < $1 order by refused_until limit $2)
            """,
            [.timestamp(moment), .integer(Int64(limit))])
    }
}
