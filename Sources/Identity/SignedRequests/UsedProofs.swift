import Cryptography
public import Database
public import Primitives

/// Table `used_proofs`: every proof that is good once, from its use until it would be refused by its time anyway. The
/// nonces of signed requests and the ids of DPoP proofs stand here, each as a digest.
public struct UsedProofs: Sendable {
    /// How long a row outlives its proof: more than any clock of ours is put back by its time service.
    static let graceSeconds: Int64 = 10 * 60

    /// What marks a proof as used.
    public struct Mark: Hashable, Sendable {
        /// SHA-256 of what may be used once.
        let digest: [UInt8]
        /// The first moment at which the proof is refused by its time.
        let expiresAt: Timestamp

        /// A mark over texts whose borders count: each is preceded by its length.
        init(_ domain: String, _ texts: [String], until expiresAt: Timestamp) {
            let delimited = texts.map { "\($0.utf8.count):\($0)" }.joined()
            digest = SHA256.hash(Array("\(domain)\n\(delimited)".utf8))
            self.expiresAt = expiresAt
        }
    }

    /// The table's operations.
    public init() {}

    /// Marks the proof in the caller's transaction. Of several transactions with the same one, one is told true.
    func use(_ mark: Mark, in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "insert into used_proofs (digest, expires_at) values ($1, $2) on conflict (digest) do nothing",
            [.blob(mark.digest), .timestamp(mark.expiresAt)]) == 1
    }

    /// Removes the rows of proofs that expired long ago, at most `limit` of them, and returns how many those were.
    @discardableResult
    public func purge(at now: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from used_proofs where digest in
                (select digest from used_proofs where expires_at < $1 order by expires_at limit $2)
            """,
            [.timestamp(now.adding(seconds: -UsedProofs.graceSeconds)), .integer(Int64(limit))])
    }
}
