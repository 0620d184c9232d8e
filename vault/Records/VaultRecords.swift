import Database
import Primitives

/// Table `vault_records`: one sealed key for each wallet and provider.
struct VaultRecords: Sendable {
    /// Saves or replaces the record.
    func put(
        _ record: VaultRecord, of wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            """
            insert into vault_records (wallet_id, provider, envelope, text_version, epoch, created_at)
                values ($1, $2, $3, $4, $5, $6)
                on conflict (wallet_id, provider) do update set envelope = excluded.envelope,
                    text_version = excluded.text_version, epoch = excluded.epoch, created_at = excluded.created_at,
                    last_used_at = null
            """,
            [
                .wallet(wallet), .text(record.provider.text), .blob(record.envelope), .integer(record.textVersion),
                .integer(Int64(record.epoch.number)), .timestamp(now),
            ])
    }

    /// Removes the record and says whether there was one.
    func delete(_ provider: ProviderSlug, of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "delete from vault_records where wallet_id = $1 and provider = $2",
            [.wallet(wallet), .text(provider.text)]) > 0
    }

    /// Notes that the key was handed out.
    func touch(
        _ provider: ProviderSlug, of wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            "update vault_records set last_used_at = $3 where wallet_id = $1 and provider = $2",
            [.wallet(wallet), .text(provider.text), .timestamp(now)])
    }

    /// The record of one provider.
    func find(
        _ provider: ProviderSlug, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> VaultRecord? {
        try all(of: wallet, in: tx).first { $0.provider == provider }
    }

    /// Every record of the wallet, by provider name. There are at most as many as providers are served.
    func all(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> [VaultRecord] {
        try tx.rows(
            "select provider, envelope, text_version, epoch from vault_records where wallet_id = $1 order by provider",
            [.wallet(wallet)]
        ) { row in
            guard let provider = ProviderSlug(try row.text(0)), let epoch = UInt32(exactly: try row.integer(3)) else {
                throw DatabaseError.unexpectedValue(column: 0, wanted: "a provider and its epoch")
            }
            return VaultRecord(
                provider: provider, envelope: try row.blob(1), textVersion: try row.integer(2),
                epoch: VaultEpoch(epoch))
        }
    }
}
