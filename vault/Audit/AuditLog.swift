import Cryptography
import Database
import Primitives

/// Tables `vault_log` and `vault_log_heads`: what was done with a wallet's secrets, one row in the transaction that did
/// it, each row holding the hash of the one before. The last row's number and hash are authenticated by a key from the
/// gateway's root, so whoever has the database alone can neither add a row, nor change one, nor cut the end off unseen.
/// Two things cannot be seen here: that the whole log went with its head, or that an earlier head came back with the
/// later rows gone.
struct AuditLog: Sendable {
    /// The most rows of a page.
    static let maximumPage = 200
    private static let domain = Array("sealgate/vault-audit-head/v1".utf8)

    let key: Secret
    let random: any RandomSource

    private struct Head {
        let sequence: Int64
        let hash: [UInt8]
        let code: [UInt8]
    }

    /// Appends rows. Takes the wallet's lock. Throws `VaultError.auditBroken` if the log is not what was written: then
    /// nothing is done to the wallet's secrets that could not be proved later.
    func append(
        _ events: [(action: AuditAction, subject: String)], by grant: String, of wallet: WalletID, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws {
        guard !events.isEmpty else { return }
        try tx.lock(wallet)
        let head = try head(of: wallet, in: tx)
        var sequence = head?.sequence ?? 0
        var previous = head?.hash ?? random.bytes(SHA256.digestBytes)
        for event in events {
            sequence += 1
            let entry = AuditEntry(
                sequence: sequence, at: now, action: event.action.rawValue, subject: event.subject, grant: grant,
                previous: previous)
            previous = entry.hash
            try tx.execute(
                """
                insert into vault_log (wallet_id, sequence, at, action, subject, grant_id, previous_hash, hash)
                    values ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .wallet(wallet), .integer(sequence), .timestamp(now), .text(entry.action), .text(entry.subject),
                    .text(grant), .blob(entry.previous), .blob(previous),
                ])
        }
        try tx.execute(
            """
            insert into vault_log_heads (wallet_id, sequence, hash, code) values ($1, $2, $3, $4)
                on conflict (wallet_id) do update set sequence = excluded.sequence, hash = excluded.hash,
                    code = excluded.code
            """,
            [
                .wallet(wallet), .integer(sequence), .blob(previous),
                .blob(HMACSHA256.code(over: AuditLog.headText(wallet, sequence, previous), key: key)),
            ])
    }

    /// The rows after number `after`, at most `limit` of them. Throws `VaultError.auditBroken` if they do not hang
    /// together, with the row before them, or with the head where they reach it. Only the whole chain proves more.
    func page(
        of wallet: WalletID, after: Int64, limit: Int, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> AuditPage {
        guard let head = try head(of: wallet, in: tx) else {
            return AuditPage(entries: [], lastSequence: 0, lastHash: [])
        }
        let rows = try tx.rows(
            """
            select sequence, at, action, subject, grant_id, previous_hash, hash from vault_log
                where wallet_id = $1 and sequence > $2 order by sequence limit $3
            """,
            [.wallet(wallet), .integer(after), .integer(Int64(min(limit, AuditLog.maximumPage)))]
        ) { row in
            (
                entry: AuditEntry(
                    sequence: try row.integer(0), at: try row.timestamp(1), action: try row.text(2),
                    subject: try row.text(3), grant: try row.text(4), previous: try row.blob(5)),
                hash: try row.blob(6)
            )
        }
        var expected = after
        var previous: [UInt8]?
        if after > 0, !rows.isEmpty {
            previous = try tx.first(
                "select hash from vault_log where wallet_id = $1 and sequence = $2", [.wallet(wallet), .integer(after)]
            ) { try $0.blob(0) }
            guard previous != nil else { throw VaultError.auditBroken }
        }
        for (entry, hash) in rows {
            expected += 1
            guard entry.sequence == expected, entry.hash == hash, previous == nil || previous == entry.previous else {
                throw VaultError.auditBroken
            }
            previous = hash
        }
        let isWhole = Int64(rows.count) == min(Int64(limit), Int64(AuditLog.maximumPage), max(0, head.sequence - after))
        let endsRightly = expected != head.sequence || rows.isEmpty || previous == head.hash
        guard isWhole, endsRightly else { throw VaultError.auditBroken }
        return AuditPage(entries: rows.map(\.entry), lastSequence: head.sequence, lastHash: head.hash)
    }

    /// The authenticated end; nil if the wallet has no log yet.
    private func head(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> Head? {
        let found = try tx.first(
            "select sequence, hash, code from vault_log_heads where wallet_id = $1", [.wallet(wallet)]
        ) { Head(sequence: try $0.integer(0), hash: try $0.blob(1), code: try $0.blob(2)) }
        guard let found else {
            let row = try tx.first(
                "select sequence from vault_log where wallet_id = $1 limit 1", [.wallet(wallet)]
            ) { try $0.integer(0) }
            guard row == nil else { throw VaultError.auditBroken }
            return nil
        }
        let text = AuditLog.headText(wallet, found.sequence, found.hash)
        guard HMACSHA256.isValid(found.code, over: text, key: key) else { throw VaultError.auditBroken }
        return found
    }

    private static func headText(_ wallet: WalletID, _ sequence: Int64, _ hash: [UInt8]) -> [UInt8] {
        LengthPrefixed.join(domain, AuditEntry.bytes(wallet.rawValue), AuditEntry.bytes(sequence), hash)
    }
}
