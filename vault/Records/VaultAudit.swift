import Database
import Primitives

/// Table `vault_audit`: what happened to saved keys, one row in the transaction that did it. It grows by what a wallet
/// does to its own keys and is never edited.
struct VaultAudit: Sendable {
    /// What happened. The raw value is what the table holds.
    enum Action: String, Sendable {
        case stored
        case deleted
        case unlocked
    }

    /// Appends a row.
    func append(
        _ action: Action, _ provider: ProviderSlug, by caller: VaultCaller, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            "insert into vault_audit (wallet_id, provider, action, grant_id, at) values ($1, $2, $3, $4, $5)",
            [
                .wallet(caller.wallet), .text(provider.text), .text(action.rawValue), .text(caller.grant),
                .timestamp(now),
            ])
    }
}
