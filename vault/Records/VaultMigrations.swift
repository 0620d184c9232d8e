public import Database

/// The vault's tables.
public enum VaultMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "vault", number: 1, name: "records and audit",
            sql: """
                create table vault_records (
                    wallet_id {int64} not null,
                    provider {text} not null,
                    envelope {bytes} not null,
                    text_version {int64} not null,
                    epoch {int64} not null,
                    created_at {int64} not null,
                    last_used_at {int64},
                    primary key (wallet_id, provider)
                ) {strict};
                create table vault_audit (
                    id {identity},
                    wallet_id {int64} not null,
                    provider {text} not null,
                    action {text} not null check (action in ('stored', 'deleted', 'unlocked')),
                    grant_id {text} not null,
                    at {int64} not null
                ) {strict};
                create index vault_audit_by_wallet on vault_audit (wallet_id, id);
                {append_only vault_audit}
                """)
    ]
}
