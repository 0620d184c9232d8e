public import Cryptography
public import Database
public import Primitives

/// Tables `api_keys` and `api_key_secrets`: keys that a wallet's owner makes for programs. Of a key's secret there is
/// only a keyed code, `APIKeySecrets.code`, that also covers what the key is good for.
public struct APIKeys: Sendable {
    /// Keys a wallet may have at a time: more than a person has programs.
    public static let maximumPerWallet = 32
    /// The longest life of a key, and what it has unless it is given less: a year, as wallet tokens.
    public static let maximumLifetimeSeconds: Int64 = 365 * 24 * 60 * 60
    /// How long a rotated secret can stay good: a week to reach every program.
    public static let maximumOverlapSeconds: Int64 = 7 * 24 * 60 * 60
    /// How long it stays good unless said otherwise: an hour.
    public static let defaultOverlapSeconds: Int64 = 60 * 60
    /// The shortest overlap above none. It is how long a verified key is remembered, so no node remembers a secret
    /// beyond its overlap.
    public static let minimumOverlapSeconds = rememberedSeconds
    /// How long a verified key is remembered before its row is read again. Revocations do not wait for it.
    static let rememberedSeconds: Int64 = 60
    /// How long a revoked key stays among the revoked: longer than anybody remembers that it was good.
    static let revocationSeconds: Int64 = 10 * 60
    /// The longest name, in Unicode scalars.
    public static let maximumNameLength = 64

    let secrets: APIKeySecrets
    let alarm: @Sendable (Authenticator.Tampering) -> Void

    /// What a presented key is checked against.
    struct Stored {
        let facts: APIKeyFacts
        let code: [UInt8]
        let endsAt: Timestamp
    }

    /// The tables under the tree's keys. `alarm` hears of rows that this gateway has not written so.
    public init(
        keys: KeyTree, alarm: @escaping @Sendable (Authenticator.Tampering) -> Void = { _ in }
    ) throws(SecretError) {
        self.alarm = alarm
        secrets = try APIKeySecrets(keys: keys)
    }

    /// What stands under a prefix.
    func find(_ prefix: String, in tx: borrowing some SQLReader & ~Copyable) throws -> Stored? {
        try tx.first(
            """
            select k.id, k.wallet_id, k.permissions, k.server, s.expires_at, s.code, s.ends_at
                from api_key_secrets s join api_keys k on k.id = s.key_id where s.prefix = $1
            """,
            [.text(prefix)]
        ) { row in
            Stored(
                facts: APIKeyFacts(
                    id: try row.text(0), wallet: try row.wallet(1),
                    permissions: APIKeyFacts.permissions(try row.text(2)), server: try row.optionalText(3),
                    expiresAt: try row.timestamp(4)),
                code: try row.blob(5), endsAt: try row.timestamp(6))
        }
    }

    /// The facts of a key of the wallet, as its current secret has them. Throws `APIKeyError.notRotatable` unless they
    /// are those that we wrote.
    func facts(_ id: String, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> APIKeyFacts? {
        let found = try tx.first(
            """
            select k.permissions, k.server, s.expires_at, s.facts_code
                from api_keys k join api_key_secrets s on s.key_id = k.id
                where k.id = $1 and k.wallet_id = $2 and s.is_current = 1
            """,
            [.text(id), .wallet(wallet)]
        ) { row in
            let facts = APIKeyFacts(
                id: id, wallet: wallet, permissions: APIKeyFacts.permissions(try row.text(0)),
                server: try row.optionalText(1), expiresAt: try row.timestamp(2))
            return (facts: facts, code: try row.optionalBlob(3))
        }
        guard let found else { return nil }
        guard let code = found.code else { throw APIKeyError.notRotatable }
        guard secrets.isValid(code, for: found.facts) else {
            alarm(.apiKeyMismatch)
            throw APIKeyError.notRotatable
        }
        return found.facts
    }

    /// The wallet's keys that are good at `now`, oldest first.
    func list(
        of wallet: WalletID, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [APIKey] {
        let versions = try versions(of: wallet, at: now, in: tx)
        return try tx.rows(
            """
            select id, sealed_name, permissions, server, created_at, last_used_at from api_keys
                where wallet_id = $1 order by id
            """,
            [.wallet(wallet)]
        ) { row -> APIKey? in
            let id = try row.text(0)
            guard let current = versions.first(where: { $0.id == id && $0.isCurrent }) else { return nil }
            return APIKey(
                id: id, name: secrets.open(try row.blob(1), of: id, wallet: wallet),
                permissions: APIKeyFacts.permissions(try row.text(2)), server: try row.optionalText(3),
                createdAt: try row.timestamp(4), lastUsedAt: try row.optionalTimestamp(5), current: current.version,
                previous: versions.first { $0.id == id && !$0.isCurrent }?.version)
        }.compactMap { $0 }
    }

    private func versions(
        of wallet: WalletID, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [(id: String, isCurrent: Bool, version: APIKey.Version)] {
        try tx.rows(
            """
            select s.key_id, s.is_current, s.prefix, s.ends_at from api_key_secrets s
                join api_keys k on k.id = s.key_id where k.wallet_id = $1 and s.ends_at > $2
            """,
            [.wallet(wallet), .timestamp(now)]
        ) { row in
            let prefix = APIKeyText.credentialID(prefix: try row.text(2))
            return (try row.text(0), try row.bool(1), APIKey.Version(prefix: prefix, endsAt: try row.timestamp(3)))
        }
    }

    /// Adds a key. Throws `APIKeyError.tooMany`, or `PrefixTaken` if another key has its prefix.
    func insert(
        _ facts: APIKeyFacts, sealedName: [UInt8], _ text: APIKeyText, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws {
        try tx.lock(facts.wallet)
        try remove(expiredAt: now, of: facts.wallet, in: tx)
        let count = try tx.first(
            "select count(*) from api_keys where wallet_id = $1", [.wallet(facts.wallet)], { try $0.integer(0) })
        guard (count ?? 0) < Int64(APIKeys.maximumPerWallet) else { throw APIKeyError.tooMany }
        try tx.execute(
            """
            insert into api_keys (id, wallet_id, sealed_name, permissions, server, created_at)
                values ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(facts.id), .wallet(facts.wallet), .blob(sealedName), .text(facts.permissionsText),
                .optional(facts.server) { .text($0) }, .timestamp(now),
            ])
        try insert(text, facts, at: now, in: tx)
    }

    /// Gives the key another secret. The one before ends at `end`, any older one at once. Returns the prefixes that are
    /// no longer good when this commits.
    func rotate(
        to text: APIKeyText, _ facts: APIKeyFacts, previousEndsAt end: Timestamp, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws -> [String] {
        let older = try tx.rows(
            "select prefix from api_key_secrets where key_id = $1 and (is_current = 0 or ends_at <= $2 or $3 <= $2)",
            [.text(facts.id), .timestamp(now), .timestamp(end)], { try $0.text(0) })
        for prefix in older {
            try tx.execute("delete from api_key_secrets where prefix = $1", [.text(prefix)])
        }
        try tx.execute(
            """
            update api_key_secrets set is_current = 0, ends_at = case when ends_at < $2 then ends_at else $2 end
                where key_id = $1
            """,
            [.text(facts.id), .timestamp(end)])
        try insert(text, facts, at: now, in: tx)
        return older
    }

    /// Removes a key of the wallet and returns the prefixes that were good; nil if there is no such key.
    func remove(_ id: String, of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> [String]? {
        let isOurs = try tx.first(
            "select 1 from api_keys where id = $1 and wallet_id = $2", [.text(id), .wallet(wallet)],
            { try $0.integer(0) })
        guard isOurs != nil else { return nil }
        let prefixes = try tx.rows(
            "select prefix from api_key_secrets where key_id = $1", [.text(id)], { try $0.text(0) })
        try tx.execute("delete from api_key_secrets where key_id = $1", [.text(id)])
        try tx.execute("delete from api_keys where id = $1", [.text(id)])
        return prefixes
    }

    /// The ids of the wallet's keys.
    func ids(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> [String] {
        try tx.rows("select id from api_keys where wallet_id = $1 order by id", [.wallet(wallet)]) { try $0.text(0) }
    }

    /// Records when the key with this prefix was last used.
    func noteUse(_ prefix: String, at moment: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            update api_keys set last_used_at = $2
                where id = (select key_id from api_key_secrets where prefix = $1)
                    and (last_used_at is null or last_used_at < $2)
            """,
            [.text(prefix), .timestamp(moment)])
    }

    /// Removes secrets, and then keys, whose time is over, at most `limit` of each, and returns how many those were.
    @discardableResult
    public func purge(before moment: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        let secrets = try tx.execute(
            """
            delete from api_key_secrets where prefix in
                (select prefix from api_key_secrets where ends_at < $1 order by ends_at limit $2)
            """,
            [.timestamp(moment), .integer(Int64(limit))])
        guard secrets > 0 else { return 0 }
        return secrets
            + (try tx.execute(
                """
                delete from api_keys where id in (select k.id from api_keys k
                    where not exists (select 1 from api_key_secrets s where s.key_id = k.id) limit $1)
                """,
                [.integer(Int64(limit))]))
    }

    private func remove(expiredAt now: Timestamp, of wallet: WalletID, in tx: borrowing WriteTransaction) throws {
        let ended = try tx.rows(
            """
            select k.id from api_keys k where k.wallet_id = $1
                and not exists (select 1 from api_key_secrets s where s.key_id = k.id and s.ends_at > $2)
            """,
            [.wallet(wallet), .timestamp(now)], { try $0.text(0) })
        for id in ended { _ = try remove(id, of: wallet, in: tx) }
    }

    private func insert(
        _ text: APIKeyText, _ facts: APIKeyFacts, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        let inserted = try tx.execute(
            """
            insert into api_key_secrets (prefix, key_id, code, is_current, created_at, expires_at, ends_at, facts_code)
                values ($1, $2, $3, 1, $4, $5, $5, $6) on conflict (prefix) do nothing
            """,
            [
                .text(text.prefix), .text(facts.id), .blob(secrets.code(of: text, facts)), .timestamp(now),
                .timestamp(facts.expiresAt), .blob(secrets.code(of: facts)),
            ])
        guard inserted == 1 else { throw PrefixTaken() }
    }
}

/// Another key has the prefix that was drawn. Nothing was changed; one draws again.
struct PrefixTaken: Error {}
