public import Cryptography
public import Database
public import Ethereum
public import Primitives

extension WalletVault {
    /// Whether a secret is saved, and whether the caller's grant can use it now. `unlocked` is found by opening it, so
    /// it is never said of a record that another signature replaced.
    public func status(
        _ name: SecretName, for caller: VaultCaller, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> SecretStatus {
        let (signed, unsigned) = try records.find(name, of: caller.wallet, in: tx)
        let isUsable: Bool
        do {
            isUsable =
                if let signed {
                    try opens(signed, grant: caller.grant, of: caller.wallet, at: clock.now())
                } else if let unsigned {
                    try unsignedKey(name.purpose, of: caller.address).opens(unsigned, store)
                } else {
                    false
                }
        } catch is ReleaseBlocked {
            isUsable = false
        } catch VaultError.storageFailed {
            isUsable = false
        }
        return SecretStatus(
            configured: signed != nil || unsigned != nil, unlocked: isUsable, kind: signed?.seal?.kind,
            hasUnsignedCopy: unsigned != nil, isProven: signed?.isProven)
    }

    private func opens(
        _ record: VaultRecord, grant: String, of wallet: WalletID, at now: Timestamp
    ) throws -> Bool {
        do {
            _ = try text(of: record, grant: grant, of: wallet, at: now)
            return true
        } catch is ProviderKeyError {
            return false
        }
    }

    /// Whether the wallet has saved a secret of that name. One look-up.
    public func has(
        _ name: SecretName, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> Bool {
        let (signed, unsigned) = try records.find(name, of: wallet, in: tx)
        return signed != nil || unsigned != nil
    }

    /// The names of what is saved for a scope, in order.
    public func names(
        in scope: SecretScope, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [String] {
        let all = try records.all(scope.purpose, of: wallet, in: tx)
        return Set(all.filter { $0.name.scope == scope }.compactMap(\.name.key)).sorted()
    }

    /// The secret for one call, whose use is logged in the caller's transaction, beside whatever else that use writes.
    /// It lives as long as the caller holds it and is kept nowhere. What is under a signature opens only where the
    /// caller's grant has its scope open. Throws `ProviderKeyError`, `ReleaseBlocked`, `VaultError.auditBroken` or
    /// `storageFailed`, `DatabaseError`, or `SecretError` if secret memory is exhausted.
    ///
    /// `address` is asked for only where the secret is under the gateway's own key.
    public func use(
        _ name: SecretName, of wallet: WalletID, grant: String, at now: Timestamp, in tx: borrowing WriteTransaction,
        address: (borrowing WriteTransaction) throws -> Address
    ) throws -> Secret {
        let secret = try text(of: name, of: wallet, grant: grant, at: now, in: tx, address: address)
        try records.touch(name, of: wallet, at: now, in: tx)
        try audit.append([(.used, name.subject)], by: grant, of: wallet, at: now, in: tx)
        return secret
    }

    /// The caller's secrets of a scope, or the one called `key`, to be shown; each is logged. What is missing is left
    /// out. Throws as `use` does.
    public func show(_ scope: SecretScope, key: String?, for caller: VaultCaller) async throws -> [NamedSecret] {
        let now = clock.now()
        return try await database.write { [self] tx in
            try tx.lock(caller.wallet)
            let names = Set(
                try records.all(scope.purpose, of: caller.wallet, in: tx).map(\.name).filter {
                    $0.scope == scope && (key == nil || $0.key == key)
                }
            ).sorted { $0.text < $1.text }
            var shown: [NamedSecret] = []
            for name in names {
                let text = try text(of: name, of: caller.wallet, grant: caller.grant, at: now, in: tx) { _ in
                    caller.address
                }
                shown.append(NamedSecret(name, text))
            }
            try audit.append(
                names.map { (.shown, $0.subject) }, by: caller.grant, of: caller.wallet, at: now, in: tx)
            return shown
        }
    }

    private func text(
        of name: SecretName, of wallet: WalletID, grant: String, at now: Timestamp,
        in tx: borrowing WriteTransaction, address: (borrowing WriteTransaction) throws -> Address
    ) throws -> Secret {
        let (signed, unsigned) = try records.find(name, of: wallet, in: tx)
        if let signed { return try text(of: signed, grant: grant, of: wallet, at: now) }
        guard let unsigned else { throw ProviderKeyError.missing }
        guard let text = try unsignedKey(name.purpose, of: address(tx)).text(of: unsigned, store) else {
            throw ProviderKeyError.damaged
        }
        return text
    }

    private func text(
        of record: VaultRecord, grant: String, of wallet: WalletID, at now: Timestamp
    ) throws -> Secret {
        guard let key = try open.key(to: record.name.scope, of: wallet, for: grant, at: now) else {
            throw ProviderKeyError.locked
        }
        guard let bytes = try store.bytes(of: record) else { throw ProviderKeyError.damaged }
        do throws(EnvelopeError) {
            return try key.open(Envelope(parsing: bytes), as: record.name)
        } catch {
            switch error {
            case .memory(let error): throw error
            // Another grant stored it again under a signature that differs, or rotated the vault.
            case .otherKey, .otherEpoch: throw ProviderKeyError.locked
            case .malformed, .unknownVersion, .damaged: throw ProviderKeyError.damaged
            }
        }
    }

    /// The caller's log after row `after`. Throws `VaultError.auditBroken`.
    public func log(
        of wallet: WalletID, after: Int64, limit: Int, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> AuditPage {
        try audit.page(of: wallet, after: after, limit: limit, in: tx)
    }
}
