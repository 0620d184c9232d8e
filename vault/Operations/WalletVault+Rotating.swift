import Cryptography
import Database
import Primitives

extension WalletVault {
    /// What to sign for a rotation: the request of the generation in use, and that of the next.
    public func rotationChallenge(
        _ purpose: VaultPurpose, for caller: VaultCaller
    ) async throws -> (old: SigningRequest, new: SigningRequest, nonce: String) {
        let epoch = try await database.read { [epochs] in try epochs.current(purpose, of: caller.wallet, in: $0) }
        guard let next = epoch.next else { throw VaultError.tooManySecrets }
        return (
            try signer.request(purpose, epoch, for: caller.address),
            try signer.request(purpose, next, for: caller.address), nonce(for: caller)
        )
    }

    /// Seals everything of a purpose anew under the next generation's key, in one commit, closes what every grant had
    /// open of it, and opens it for the caller's. `old` signs the generation in use, `new` the next, perhaps in another
    /// way. Everything has to open under `old`. Envelopes and signatures of the old generation open nothing of the new;
    /// they still open copies of old backups. Returns the generation in use now and the names of its scopes.
    ///
    /// Copies under the gateway's own key stay as they are.
    public func rotate(
        _ purpose: VaultPurpose, old: VaultProof, new: VaultProof, for caller: VaultCaller
    ) async throws -> (epoch: VaultEpoch, names: [String]) {
        let now = clock.now()
        let (oldSignatures, nonce) = try parts(of: old, for: caller, at: now)
        guard let newSignature = new.signature else { throw VaultError.signatureRequired }
        let newSignatures = SignaturePair(signature: newSignature, again: new.again)
        let (key, scopes) = try await untilUnchanged {
            let state = try await state(purpose, of: caller.wallet)
            guard let next = state.epoch.next else { throw VaultError.tooManySecrets }
            let (oldKey, _) = try signer.key(from: oldSignatures, purpose, state.epoch, for: caller.address)
            let (newKey, isRepeated) = try signer.key(from: newSignatures, purpose, next, for: caller.address)
            let sealed = try await judging(state, purpose, of: caller.wallet) {
                try await WalletVault.offLoop { [self] in
                    try state.records.filter { $0.seal != nil }.map { record in
                        if let kind = record.seal?.kind, kind != oldKey.kind { throw VaultError.needed(kind) }
                        guard try oldKey.opens(record, store), let text = try oldKey.text(of: record, store) else {
                            throw VaultError.signerNotDeterministic
                        }
                        return try self.sealed(
                            NamedSecret(record.name, text), under: newKey, isProven: isRepeated, by: caller, at: now)
                    }
                }
            }
            try await replace(sealed, state, next, purpose, nonce, for: caller, at: now)
            store.forget(state.records.filter { $0.seal != nil }.map(\.stored))
            return (newKey, Set(sealed.map(\.name.scope)))
        }
        open.close(nil, of: purpose, wallet: caller.wallet)
        if !scopes.isEmpty { _ = opened(key, scopes, for: caller, at: now) }
        return (key.epoch, scopes.map(\.text).sorted())
    }

    private func replace(
        _ sealed: [Sealed], _ state: State, _ epoch: VaultEpoch, _ purpose: VaultPurpose, _ nonce: String,
        for caller: VaultCaller, at now: Timestamp
    ) async throws {
        try await keeping(sealed, for: caller, at: now) { new in
            try await database.write { tx in
                try confirm(state, purpose, nonce: nonce, of: caller, at: now, in: tx)
                for record in new { try records.put(record, of: caller.wallet, at: now, in: tx) }
                try epochs.set(epoch, purpose, of: caller.wallet, in: tx)
                let subject = "\(purpose.rawValue)/epoch/\(epoch.number)"
                try audit.append([(.rotated, subject)], by: caller.grant, of: caller.wallet, at: now, in: tx)
            }
        }
    }
}
