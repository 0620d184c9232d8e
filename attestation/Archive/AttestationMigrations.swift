public import Database

/// Attestation's tables.
public enum AttestationMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "attestation", number: 1, name: "attested keys",
            sql: """
                create table attested_keys (
                    kid {text} not null primary key,
                    bundle {bytes} not null,
                    created_at {int64} not null,
                    accepted_until {int64}
                ) {strict};
                create index attested_keys_by_end on attested_keys (accepted_until);
                """),
        Migration(
            module: "attestation", number: 2, name: "known release lists",
            sql: """
                create table known_release_lists (
                    key {text} not null primary key,
                    issue {int64} not null,
                    list_hash {bytes} not null
                ) {strict};
                """),
    ]
}
