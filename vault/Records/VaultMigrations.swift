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
                """),
        Migration(
            module: "vault", number: 2, name: "purposes, unsigned copies, generations, chained log",
            sql: """
                create table vault_secrets (
                    wallet_id {int64} not null,
                    purpose {text} not null check (purpose in ('provider', 'mcp', 'agent')),
                    name {text} not null,
                    is_signed {bool} not null,
                    text_kind {text} check (text_kind in ('personal_sign', 'eip712')),
                    text_version {int64} not null,
                    epoch {int64} not null,
                    envelope {bytes} not null,
                    file {text},
                    check_value {bytes},
                    grant_id {text},
                    proven_at {int64},
                    created_at {int64} not null,
                    last_used_at {int64},
                    primary key (wallet_id, purpose, name, is_signed)
                ) {strict};
                insert into vault_secrets (wallet_id, purpose, name, is_signed, text_kind, text_version, epoch,
                        envelope, created_at, last_used_at)
                    select wallet_id, 'provider', provider, 1, 'personal_sign', text_version, epoch, envelope,
                        created_at, last_used_at from vault_records;
                drop table vault_records;
                create table vault_epochs (
                    wallet_id {int64} not null,
                    purpose {text} not null check (purpose in ('provider', 'mcp', 'agent')),
                    epoch {int64} not null,
                    primary key (wallet_id, purpose)
                ) {strict};
                create table vault_log (
                    wallet_id {int64} not null,
                    sequence {int64} not null,
                    at {int64} not null,
                    action {text} not null,
                    subject {text} not null,
                    grant_id {text} not null,
                    previous_hash {bytes} not null,
                    hash {bytes} not null,
                    primary key (wallet_id, sequence)
                ) {strict};
                {append_only vault_log}
                create table vault_log_heads (
                    wallet_id {int64} not null primary key,
                    sequence {int64} not null,
                    hash {bytes} not null,
                    code {bytes} not null
                ) {strict};
                """),
    ]
}
