public import Database
public import Primitives

/// Remembers requests and their answers by (wallet, route, key), so that a repeated request is answered, not done
/// again.
///
/// `begin` inserts the row before any effect, in the transaction of the first effect: both are on disk, or neither.
/// Whoever carries a request across several transactions completes or forgets it when a later start finds it
/// unfinished. An answer is kept for at least `retentionSeconds` after it was given. The bodies lie in the database as
/// they are given; a route whose answers are confidential gives them sealed.
public struct IdempotencyStore: Sendable {
    /// A day, as clients may expect.
    public static let retentionSeconds: Int64 = 86_400
    /// Above the longest answer a model can give (128,000 tokens of four bytes, escaped).
    public static let maximumBodyBytes = 1_048_576

    /// The store in the database whose transactions it is given.
    public init() {}

    /// Decides about a request and, if it is fresh, takes note that it is being done.
    public func begin(_ request: IdempotentRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws
        -> IdempotencyDecision
    {
        try tx.lock(request.wallet)
        if let earlier = try find(request, in: tx) {
            guard earlier.hash == request.hash else { return .conflict }
            guard let answer = earlier.answer else { return .inProgress }
            return .replay(status: answer.status, body: answer.body)
        }
        try tx.execute(
            """
            insert into idempotency_keys (wallet_id, route, key, request_hash, state, created_at)
            values ($1, $2, $3, $4, 'in_progress', $5)
            """,
            scope(of: request) + [.blob(request.hash), .timestamp(now)])
        return .fresh
    }

    /// Keeps the answer to a request that was begun.
    /// - Throws: `IdempotencyError.bodyTooLong`, `.notInProgress`.
    public func complete(
        _ request: IdempotentRequest, status: Int, body: [UInt8], in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        guard body.count <= IdempotencyStore.maximumBodyBytes else { throw IdempotencyError.bodyTooLong }
        try tx.lock(request.wallet)
        let changed = try tx.execute(
            """
            update idempotency_keys set state = 'completed', status = $4, body = $5, completed_at = $6
            where wallet_id = $1 and route = $2 and key = $3 and state = 'in_progress'
            """,
            scope(of: request) + [.integer(Int64(status)), .blob(body), .timestamp(now)])
        guard changed == 1 else { throw IdempotencyError.notInProgress }
    }

    /// Forgets a request that was begun and came to nothing (nothing was booked, nothing was sent), so that repeating
    /// it tries again.
    /// - Throws: `IdempotencyError.notInProgress`.
    public func forget(_ request: IdempotentRequest, in tx: borrowing WriteTransaction) throws {
        try tx.lock(request.wallet)
        let changed = try tx.execute(
            """
            delete from idempotency_keys where wallet_id = $1 and route = $2 and key = $3 and state = 'in_progress'
            """,
            scope(of: request))
        guard changed == 1 else { throw IdempotencyError.notInProgress }
    }

    /// Removes at most `limit` answers that have been kept for long enough, the oldest first; returns how many.
    @discardableResult
    public func purge(limit: Int, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> Int {
        try tx.execute(
            """
            delete from idempotency_keys where (wallet_id, route, key) in (
                select wallet_id, route, key from idempotency_keys
                where state = 'completed' and completed_at <= $1 order by completed_at limit $2)
            """,
            [.timestamp(now.adding(seconds: -IdempotencyStore.retentionSeconds)), .integer(Int64(limit))])
    }

    private struct Earlier {
        let hash: [UInt8]
        let answer: (status: Int, body: [UInt8])?
    }

    private func find(_ request: IdempotentRequest, in tx: borrowing WriteTransaction) throws -> Earlier? {
        try tx.first(
            """
            select request_hash, state, status, body from idempotency_keys
            where wallet_id = $1 and route = $2 and key = $3
            """,
            scope(of: request)
        ) { row in
            let done = try row.text(1) == "completed"
            return Earlier(
                hash: try row.blob(0), answer: done ? (Int(try row.integer(2)), try row.blob(3)) : nil)
        }
    }

    private func scope(of request: IdempotentRequest) -> [SQLValue] {
        [.wallet(request.wallet), .text(request.route), .text(request.key.text)]
    }
}
