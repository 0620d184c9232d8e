import Cryptography
import Database
import Primitives

extension WalletVault {
    /// Saves secrets of the caller, of one purpose, replacing those of the same names, and opens their scopes for the
    /// caller's grant. Nonce, records and log are one commit. A grant that a logout ended meanwhile stays locked.
    /// Throws `VaultError`, `DatabaseError` or `SecretError`.
    ///
    /// If other secrets of the purpose are saved and the signature does not fit them, it is refused with
    /// `signerNotDeterministic`: the new ones would be lost just so. Without a signature they are saved under the
    /// gateway's own key, if the operator allows that and nothing of that name is under a signature.
    ///
    /// Returns whether they can be used by the caller's grant, and whether they are under a signature.
    public func store(
        _ secrets: [NamedSecret], _ proof: VaultProof, for caller: VaultCaller
    ) async throws -> (unlocked: Bool, isSigned: Bool) {
        guard let purpose = secrets.first?.name.purpose, secrets.allSatisfy({ $0.name.purpose == purpose }) else {
            throw VaultError.secretInvalid
        }
        guard purpose != .providers || secrets.allSatisfy({ $0.name.isServed }) else {
            throw VaultError.providerUnknown
        }
        guard secrets.allSatisfy(\.isAcceptable) else {
            throw purpose == .providers ? VaultError.keyInvalid : .secretInvalid
        }
        if proof.signature == nil, allowsUnsigned {
            try await storeUnsigned(secrets, purpose, for: caller)
            return (true, false)
        }
        let now = clock.now()
        let (signatures, nonce) = try parts(of: proof, for: caller, at: now)
        let key = try await untilUnchanged {
            try await storeSigned(secrets, purpose, signatures, nonce, for: caller, at: now)
        }
        return (opened(key, Set(secrets.map(\.name.scope)), for: caller, at: now) != nil, true)
    }

    private func storeSigned(
        _ secrets: [NamedSecret], _ purpose: VaultPurpose, _ signatures: SignaturePair, _ nonce: String,
        for caller: VaultCaller, at now: Timestamp
    ) async throws -> VaultKey {
        let epoch = try await database.read { [epochs] in try epochs.current(purpose, of: caller.wallet, in: $0) }
        let (key, isRepeated) = try signer.key(from: signatures, purpose, epoch, for: caller.address)
        let sealed = try secrets.map {
            try self.sealed($0, under: key, isProven: isRepeated, by: caller, at: now)
        }
        let replaced = try await keeping(sealed, for: caller, at: now) { new in
            try await database.write { tx in
                try tx.lock(caller.wallet)
                try spend(nonce, of: caller, at: now, in: tx)
                guard try epochs.current(purpose, of: caller.wallet, in: tx) == epoch else { throw Changed() }
                let all = try records.all(purpose, of: caller.wallet, in: tx)
                let names = Set(new.map(\.name))
                try WalletVault.checkLimits(purpose, Set(all.map(\.name)).union(names))
                try checkOthers(all.filter { !names.contains($0.name) && $0.seal != nil }, key)
                let old = all.filter { names.contains($0.name) }
                for record in old where record.seal == nil { try records.delete(record, of: caller.wallet, in: tx) }
                for record in new { try records.put(record, of: caller.wallet, at: now, in: tx) }
                try audit.append(
                    new.map { (.stored, $0.name.subject) }, by: caller.grant, of: caller.wallet, at: now, in: tx)
                return old
            }
        }
        store.forget(replaced.map(\.stored))
        return key
    }

    /// Throws unless the key fits what else is saved.
    private func checkOthers(_ others: [VaultRecord], _ key: VaultKey) throws {
        for record in others {
            if let kind = record.seal?.kind, kind != key.kind { throw VaultError.needed(kind) }
            let fits =
                if let check = record.seal?.check {
                    ConstantTime.equal(check, try key.check(of: record.name))
                } else {
                    try key.opens(record, store)
                }
            guard fits else { throw VaultError.signerNotDeterministic }
        }
    }

    private func storeUnsigned(
        _ secrets: [NamedSecret], _ purpose: VaultPurpose, for caller: VaultCaller
    ) async throws {
        let key = try unsignedKey(purpose, of: caller.address)
        let now = clock.now()
        let sealed = try secrets.map { try self.sealed($0, under: key, isProven: false, by: caller, at: now) }
        let replaced = try await keeping(sealed, for: caller, at: now) { new in
            try await database.write { tx in
                try tx.lock(caller.wallet)
                let all = try records.all(purpose, of: caller.wallet, in: tx)
                let names = Set(new.map(\.name))
                try WalletVault.checkLimits(purpose, Set(all.map(\.name)).union(names))
                let old = all.filter { names.contains($0.name) }
                guard old.allSatisfy({ $0.seal == nil }) else { throw VaultError.signatureRequired }
                for record in new { try records.put(record, of: caller.wallet, at: now, in: tx) }
                try audit.append(
                    new.map { (.storedUnsigned, $0.name.subject) }, by: caller.grant, of: caller.wallet, at: now,
                    in: tx)
                return old
            }
        }
        store.forget(replaced.map(\.stored))
    }

    private static func checkLimits(_ purpose: VaultPurpose, _ names: Set<SecretName>) throws(VaultError) {
        guard purpose != .providers else { return }
        let scopes = Dictionary(grouping: names, by: \.scope)
        guard scopes.count <= maximumScopes, scopes.values.allSatisfy({ $0.count <= maximumKeysPerScope }) else {
            throw .tooManySecrets
        }
    }

    /// Forgets what the caller saved for a scope. Says whether there was anything.
    @discardableResult
    public func delete(_ scope: SecretScope, for caller: VaultCaller) async throws -> Bool {
        let now = clock.now()
        let (deleted, left) = try await database.write { [self] tx in
            try tx.lock(caller.wallet)
            let all = try records.all(scope.purpose, of: caller.wallet, in: tx)
            let deleted = all.filter { $0.name.scope == scope }
            for record in deleted { try records.delete(record, of: caller.wallet, in: tx) }
            let names = Set(deleted.map(\.name.subject)).sorted()
            try audit.append(
                names.map { (.deleted, $0) }, by: caller.grant, of: caller.wallet, at: now, in: tx)
            return (deleted, all.count - deleted.count)
        }
        store.forget(deleted.map(\.stored))
        open.close(left == 0 ? nil : [scope], of: scope.purpose, wallet: caller.wallet)
        return !deleted.isEmpty
    }
}

extension SecretName {
    /// Whether it is a provider's whose keys can be stored.
    var isServed: Bool { ProviderSlug(scope.text)?.isServed ?? false }
}
