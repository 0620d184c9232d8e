import Database
import Primitives

/// Table `vault_secrets`: each secret of a wallet once under its signature, and for a time perhaps once without.
struct VaultRecords: Sendable {
    private static let columns =
        "purpose, name, is_signed, text_kind, text_version, epoch, envelope, file, check_value, grant_id, proven_at"

    /// Saves or replaces the record.
    func put(
        _ record: VaultRecord, of wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            """
            insert into vault_secrets (wallet_id, purpose, name, is_signed, text_kind, text_version, epoch, envelope,
                    file, check_value, grant_id, proven_at, created_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                on conflict (wallet_id, purpose, name, is_signed) do update set text_kind = excluded.text_kind,
                    text_version = excluded.text_version, epoch = excluded.epoch, envelope = excluded.envelope,
                    file = excluded.file, check_value = excluded.check_value, grant_id = excluded.grant_id,
                    proven_at = excluded.proven_at, created_at = excluded.created_at, last_used_at = null
            """,
            [
                .wallet(wallet), .text(record.name.purpose.rawValue), .text(record.name.text),
                .bool(record.seal != nil), .optional(record.seal?.kind.rawValue, SQLValue.text),
                .integer(record.textVersion), .integer(Int64(record.epoch.number)), .blob(record.stored.inline),
                .optional(record.stored.file, SQLValue.text), .optional(record.seal?.check, SQLValue.blob),
                .optional(record.seal?.grant, SQLValue.text), .optional(record.seal?.provenAt, SQLValue.timestamp),
                .timestamp(now),
            ])
    }

    /// Removes the record.
    func delete(_ record: VaultRecord, of wallet: WalletID, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "delete from vault_secrets where wallet_id = $1 and purpose = $2 and name = $3 and is_signed = $4",
            [
                .wallet(wallet), .text(record.name.purpose.rawValue), .text(record.name.text),
                .bool(record.seal != nil),
            ])
    }

    /// Notes that the secret was handed out.
    func touch(
        _ name: SecretName, of wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            "update vault_secrets set last_used_at = $4 where wallet_id = $1 and purpose = $2 and name = $3",
            [.wallet(wallet), .text(name.purpose.rawValue), .text(name.text), .timestamp(now)])
    }

    /// Notes that the wallet was seen to sign the same once more.
    func prove(
        _ record: VaultRecord, check: [UInt8], of wallet: WalletID, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws {
        try tx.execute(
            """
            update vault_secrets set proven_at = $4, check_value = $5
                where wallet_id = $1 and purpose = $2 and name = $3 and is_signed = 1
            """,
            [
                .wallet(wallet), .text(record.name.purpose.rawValue), .text(record.name.text), .timestamp(now),
                .blob(check),
            ])
    }

    /// The record of one secret under its signature, and the copy without, as far as there are any.
    func find(
        _ name: SecretName, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> (signed: VaultRecord?, unsigned: VaultRecord?) {
        let found = try tx.rows(
            """
            select \(VaultRecords.columns) from vault_secrets
                where wallet_id = $1 and purpose = $2 and name = $3 order by is_signed
            """,
            [.wallet(wallet), .text(name.purpose.rawValue), .text(name.text)], { try VaultRecords.record($0) })
        return (found.first { $0.seal != nil }, found.first { $0.seal == nil })
    }

    /// Every record of the wallet for a purpose, by name. The limits on secrets bound how many there are.
    func all(
        _ purpose: VaultPurpose, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [VaultRecord] {
        try tx.rows(
            """
            select \(VaultRecords.columns) from vault_secrets
                where wallet_id = $1 and purpose = $2 order by name, is_signed
            """,
            [.wallet(wallet), .text(purpose.rawValue)], { try VaultRecords.record($0) })
    }

    /// Every file that a record names.
    func files(in tx: borrowing some SQLReader & ~Copyable) throws -> [String] {
        try tx.rows("select file from vault_secrets where file is not null", []) { try $0.text(0) }
    }

    private static func record(_ row: borrowing Row) throws -> VaultRecord {
        guard let purpose = VaultPurpose(rawValue: try row.text(0)),
            let name = SecretName(stored: try row.text(1), of: purpose),
            let epoch = UInt32(exactly: try row.integer(5))
        else { throw DatabaseError.unexpectedValue(column: 1, wanted: "a secret's name and epoch") }
        var seal: VaultRecord.Seal?
        if try row.bool(2) {
            guard let kind = VaultTextKind(rawValue: try row.text(3)) else {
                throw DatabaseError.unexpectedValue(column: 3, wanted: "a kind of text")
            }
            seal = VaultRecord.Seal(
                kind: kind, check: try row.optionalBlob(8), grant: try row.optionalText(9),
                provenAt: try row.optionalTimestamp(10))
        }
        return VaultRecord(
            name: name, seal: seal, textVersion: try row.integer(4), epoch: VaultEpoch(epoch),
            stored: StoredEnvelope(inline: try row.blob(6), file: try row.optionalText(7)))
    }
}
