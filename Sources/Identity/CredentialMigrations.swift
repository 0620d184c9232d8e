public import Database

/// Tables of the credentials that a wallet's owner manages: API keys, devices, repositories.
public enum CredentialMigrations {
    /// Every step, in order. They refer to Identity's own tables, so they come after them.
    public static let all = [
        Migration(
            module: "credentials", number: 1, name: "API keys, uses of sessions",
            sql: """
                create table api_keys (
                    id {text} not null primary key,
                    wallet_id {int64} not null references wallets (id),
                    sealed_name {bytes} not null,
                    permissions {text} not null,
                    server {text},
                    created_at {int64} not null,
                    last_used_at {int64}
                ) {strict};
                create index api_keys_by_wallet on api_keys (wallet_id);
                create table api_key_secrets (
                    prefix {text} not null primary key,
                    key_id {text} not null references api_keys (id),
                    code {bytes} not null,
                    is_current {bool} not null,
                    created_at {int64} not null,
                    expires_at {int64} not null,
                    ends_at {int64} not null
                ) {strict};
                create index api_key_secrets_by_key on api_key_secrets (key_id);
                create index api_key_secrets_by_end on api_key_secrets (ends_at);
                alter table login_sessions add column last_used_at {int64};
                alter table login_sessions add column parent {text};
                create index login_sessions_by_wallet on login_sessions (wallet_id, expires_at);
                create index login_sessions_by_parent on login_sessions (parent) where parent is not null;
                """),
        Migration(
            module: "credentials", number: 2, name: "devices",
            sql: """
                create table device_pairings (
                    code_index {bytes} not null primary key,
                    user_index {bytes} not null unique,
                    sealed {bytes} not null,
                    expires_at {int64} not null
                ) {strict};
                create index device_pairings_by_expiry on device_pairings (expires_at);
                create table device_delegations (
                    id {text} not null primary key,
                    wallet_id {int64} not null references wallets (id),
                    device_index {bytes} not null,
                    sealed {bytes} not null,
                    created_at {int64} not null,
                    expires_at {int64} not null
                ) {strict};
                create index device_delegations_by_wallet on device_delegations (wallet_id);
                create index device_delegations_by_device on device_delegations (device_index, created_at);
                create index device_delegations_by_expiry on device_delegations (expires_at);
                create table device_code_attempts (
                    wallet_id {int64} not null primary key references wallets (id),
                    since {int64} not null,
                    tries {int64} not null
                ) {strict};
                create index device_code_attempts_by_time on device_code_attempts (since);
                """),
        Migration(
            module: "credentials", number: 3, name: "wallet bindings",
            sql: """
                alter table wallets add column binding {bytes};
                create index wallets_without_binding on wallets (id) where binding is null;
                """),
        Migration(
            module: "credentials", number: 4, name: "repositories",
            sql: """
                create table github_repositories (
                    id {text} not null primary key,
                    wallet_id {int64} not null references wallets (id),
                    name_index {bytes} not null,
                    sealed {bytes} not null,
                    created_at {int64} not null,
                    unique (wallet_id, name_index)
                ) {strict};
                create index github_repositories_by_name on github_repositories (name_index);
                """),
        Migration(
            module: "credentials", number: 5, name: "codes over what API keys are good for",
            sql: """
                alter table api_key_secrets add column facts_code {bytes};
                """),
    ]
}
