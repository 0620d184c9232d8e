public import Database

/// The ledger's tables. A step is never edited once it has landed.
///
/// Wallets are rows of table `wallets`, which is not this module's; hence `wallet_id` without a reference. Sums of
/// money are micro-USDC, moments microseconds since 1970.
public enum LedgerMigrations {
    /// The steps, oldest first.
    public static let all = [book, calls, idempotency]

    /// Transfers and postings never change; the database itself refuses it.
    private static let book = Migration(
        module: "ledger", number: 1, name: "book",
        sql: """
            create table transfers (
                position {identity},
                id {text} not null unique,
                kind {text} not null,
                wallet_id {int64},
                amount {int64} not null check (amount > 0),
                agent_id {text},
                hold_id {text},
                booked_at {int64} not null,
                balance_after {int64},
                check ((wallet_id is null) = (balance_after is null))
            ) {strict};
            create index transfers_by_wallet on transfers (wallet_id, position);
            create index transfers_from_faucet on transfers (wallet_id, booked_at) where kind = 'faucet';

            create table postings (
                transfer_id {text} not null references transfers (id),
                line {int64} not null,
                account {text} not null,
                wallet_id {int64},
                amount {int64} not null,
                primary key (transfer_id, line)
            ) {strict};
            {append_only transfers}
            {append_only postings}

            create table balances (
                wallet_id {int64} primary key,
                posted {int64} not null check (posted >= 0),
                held {int64} not null check (held >= 0),
                development_credits {int64} not null check (development_credits >= 0),
                unsettled_spend {int64} not null check (unsettled_spend >= 0),
                transfers {int64} not null check (transfers >= 0),
                check (held <= posted)
            ) {strict};

            create table agent_spends (
                wallet_id {int64} not null,
                agent_id {text} not null,
                spent {int64} not null check (spent > 0),
                primary key (wallet_id, agent_id)
            ) {strict};

            create table holds (
                id {text} primary key,
                wallet_id {int64} not null,
                amount {int64} not null check (amount >= 0),
                agent_id {text},
                made_at {int64} not null,
                expires_at {int64} not null,
                state {text} not null check (state in ('open', 'captured', 'released', 'expired')),
                charged {int64} not null check (charged >= 0),
                overrun {int64} not null check (overrun >= 0),
                resolved_at {int64},
                check (charged <= amount),
                check (state = 'captured' or (charged = 0 and overrun = 0)),
                check ((state = 'open') = (resolved_at is null))
            ) {strict};
            create index holds_open_by_expiry on holds (expires_at, id) where state = 'open';
            """)

    private static let calls = Migration(
        module: "ledger", number: 2, name: "provider calls",
        sql: """
            create table provider_calls (
                id {text} primary key,
                wallet_id {int64} not null,
                hold_id {text} not null unique references holds (id),
                agent_id {text},
                model {text} not null,
                price {text} not null,
                plan {text} not null,
                max_output {int64} not null check (max_output >= 0),
                instance {text} not null,
                state {text} not null
                    check (state in ('planned', 'sent', 'started', 'streaming', 'final', 'answered', 'failed')),
                input {int64},
                output {int64},
                cache_read {int64},
                cache_write_5m {int64},
                cache_write_1h {int64},
                output_bytes {int64} not null check (output_bytes >= 0),
                tool_calls {int64} not null check (tool_calls >= 0),
                failure {text},
                planned_at {int64} not null,
                updated_at {int64} not null,
                settled_at {int64},
                check (settled_at is null or state in ('final', 'answered', 'failed'))
            ) {strict};
            create index provider_calls_unsettled on provider_calls (wallet_id, id) where settled_at is null;

            create table usage_charges (
                call_id {text} primary key references provider_calls (id),
                hold_id {text} not null unique references holds (id),
                wallet_id {int64} not null,
                model {text} not null,
                plan {text} not null,
                input {int64} not null check (input >= 0),
                output {int64} not null check (output >= 0),
                cache_read {int64} not null check (cache_read >= 0),
                cache_write_5m {int64} not null check (cache_write_5m >= 0),
                cache_write_1h {int64} not null check (cache_write_1h >= 0),
                basis {text} not null check (basis in ('reported', 'estimated')),
                rates {text} not null,
                list_pico {int64} not null check (list_pico >= 0),
                tool_calls {int64} not null check (tool_calls >= 0),
                charged {int64} not null check (charged >= 0),
                overrun {int64} not null check (overrun >= 0),
                charged_at {int64} not null
            ) {strict};
            {append_only usage_charges}
            """)

    private static let idempotency = Migration(
        module: "ledger", number: 3, name: "idempotency keys",
        sql: """
            create table idempotency_keys (
                wallet_id {int64} not null,
                route {text} not null,
                key {text} not null,
                request_hash {bytes} not null,
                state {text} not null check (state in ('in_progress', 'completed')),
                status {int64},
                body {bytes},
                created_at {int64} not null,
                completed_at {int64},
                primary key (wallet_id, route, key),
                check ((state = 'completed') = (completed_at is not null)),
                check ((state = 'completed') = (status is not null)),
                check ((state = 'completed') = (body is not null))
            ) {strict};
            create index idempotency_keys_by_completion on idempotency_keys (completed_at) where state = 'completed';
            """)
}
