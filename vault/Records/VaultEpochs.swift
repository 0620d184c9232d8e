import Database
import Primitives

/// Table `vault_epochs`: the generation that a wallet's vault is in, once it was rotated.
struct VaultEpochs: Sendable {
    /// The generation in use.
    func current(
        _ purpose: VaultPurpose, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> VaultEpoch {
        let found = try tx.first(
            "select epoch from vault_epochs where wallet_id = $1 and purpose = $2",
            [.wallet(wallet), .text(purpose.rawValue)]
        ) { try $0.integer(0) }
        guard let found else { return .first }
        guard let number = UInt32(exactly: found), number >= 1 else {
            throw DatabaseError.unexpectedValue(column: 0, wanted: "an epoch")
        }
        return VaultEpoch(number)
    }

    /// Moves on to another generation.
    func set(
        _ epoch: VaultEpoch, _ purpose: VaultPurpose, of wallet: WalletID, in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            """
            insert into vault_epochs (wallet_id, purpose, epoch) values ($1, $2, $3)
                on conflict (wallet_id, purpose) do update set epoch = excluded.epoch
            """,
            [.wallet(wallet), .text(purpose.rawValue), .integer(Int64(epoch.number))])
    }
}
