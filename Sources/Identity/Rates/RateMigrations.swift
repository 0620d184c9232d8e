public import Database

/// The table of quotas that all nodes share: a module of its own in `RateMigrations`.
public enum RateMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "rates", number: 1, name: "wallet rates",
            sql: """
                create table wallet_rates (
                    wallet_id {int64} not null references wallets (id),
                    kind {text} not null,
                    full_at {int64} not null,
                    primary key (wallet_id, kind)
                ) {strict};
                create index wallet_rates_by_end on wallet_rates (full_at);
                """)
    ]
}
