public import Database

/// The tables of proofs that are good once. Numbered apart from Identity's others, so that neither waits for the other.
public enum ProofMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "proofs", number: 1, name: "used proofs",
            sql: """
                create table used_proofs (
                    digest {bytes} not null primary key,
                    expires_at {int64} not null
                ) {strict};
                create index used_proofs_by_expiry on used_proofs (expires_at);
                """)
    ]
}
