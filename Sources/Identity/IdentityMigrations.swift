public import Database

/// Identity's tables.
public enum IdentityMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "identity", number: 1, name: "wallets, used nonces, login sessions",
            sql: """
                create table wallets (
                    id {identity},
                    address_index {bytes} not null unique,
                    sealed_address {bytes} not null,
                    created_at {int64} not null
                ) {strict};
                create table used_nonces (
                    random {bytes} not null primary key,
                    expires_at {int64} not null
                ) {strict};
                create index used_nonces_by_expiry on used_nonces (expires_at);
                create table login_sessions (
                    id {text} not null primary key,
                    wallet_id {int64} not null references wallets (id),
                    created_at {int64} not null,
                    expires_at {int64} not null,
                    revoked_at {int64}
                ) {strict};
                create index login_sessions_by_expiry on login_sessions (expires_at);
                """),
        Migration(
            module: "identity", number: 2, name: "wallet settings",
            sql: """
                create table wallet_settings (
                    wallet_id {int64} not null primary key references wallets (id),
                    sealed {bytes} not null,
                    updated_at {int64} not null
                ) {strict};
                """),
        Migration(
            module: "identity", number: 3, name: "root check",
            sql: """
                create table root_check (
                    id {int64} not null primary key check (id = 1),
                    code {bytes} not null,
                    created_at {int64} not null
                ) {strict};
                """),
        Migration(
            module: "identity", number: 4, name: "wallet token marks",
            sql: """
                create table wallet_token_marks (
                    wallet_id {int64} not null primary key references wallets (id),
                    refused_until {int64} not null
                ) {strict};
                create index wallet_token_marks_by_end on wallet_token_marks (refused_until);
                create index login_sessions_of_wallet_tokens on login_sessions (wallet_id, expires_at)
                    where substr(id, 1, 4) = 'wtk_';
                """),
    ]
}
