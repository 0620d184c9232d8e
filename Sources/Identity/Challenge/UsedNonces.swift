public import Database
public import Primitives

/// Table `used_nonces`: each nonce that was used, until it would be refused by its expiry anyway.
public struct UsedNonces: Sendable {
    /// How long a row outlives its nonce: more than any clock of ours is put back by its time service.
    static let graceSeconds: Int64 = 10 * 60

    /// The table's operations.
    public init() {}

    /// Marks the nonce as used in the caller's transaction, so that use and effect are one commit. Of several
    /// transactions with the same nonce one succeeds.
    public func use(_ nonce: ChallengeNonce, in tx: borrowing WriteTransaction) throws {
        guard try use(nonce.random, until: nonce.expiresAt, in: tx) else { throw ChallengeError.used }
    }

    /// The same for what is not a nonce of ours: an id of somebody else's token, hashed. False if it was used.
    func use(_ id: [UInt8], until end: Timestamp, in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "insert into used_nonces (random, expires_at) values ($1, $2) on conflict (random) do nothing",
            [.blob(id), .timestamp(end)]) == 1
    }

    /// Removes rows whose nonces are long expired, at most `limit` of them, and returns how many those were.
    @discardableResult
    public func purge(at now: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from used_nonces where random in
                (select random from used_nonces where expires_at < $1 order by expires_at limit $2)
            """,
            [.timestamp(now.adding(seconds: -UsedNonces.graceSeconds)), .integer(Int64(limit))])
    }
}
