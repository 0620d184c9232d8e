import Cryptography
import Database
import Primitives

extension WalletVault {
    /// Opens what the caller's signature opens, for the caller's grant and no longer than the window of `OpenVaults`.
    /// `wanted` nil asks for everything saved. For a grant that a logout ended meanwhile nothing opens.
    /// Throws `VaultError`, `DatabaseError` or `SecretError`.
    ///
    /// Copies under the gateway's own key are sealed under the signature as well. They are deleted once a signature of
    /// another login was seen to be the same, and the sealed one was read back and compared.
    public func unlock(
        _ purpose: VaultPurpose, _ proof: VaultProof, wanted: [String]?, for caller: VaultCaller
    ) async throws -> UnlockOutcome {
        let now = clock.now()
        let (signatures, nonce) = try parts(of: proof, for: caller, at: now)
        let unsignedKey = try unsignedKey(purpose, of: caller.address)
        let (key, plan) = try await untilUnchanged {
            let state = try await state(purpose, of: caller.wallet)
            let (key, isRepeated) = try signer.key(from: signatures, purpose, state.epoch, for: caller.address)
            let request = UnlockPlan.Request(
                key: key, unsignedKey: unsignedKey, isRepeated: isRepeated, grant: caller.grant, wanted: wanted)
            let plan = try await judging(state, purpose, of: caller.wallet) {
                let plan = try await WalletVault.offLoop { [store] in
                    try UnlockPlan(state.records, request, store: store)
                }
                if plan.unlocked.isEmpty, let kind = plan.neededKind { throw VaultError.needed(kind) }
                guard !plan.signerIsNotDeterministic || !plan.reverting.isEmpty else {
                    throw VaultError.signerNotDeterministic
                }
                return plan
            }
            try await carryOut(plan, request, state, nonce, for: caller, at: now)
            return (key, plan)
        }
        store.forget(plan.reverting.map(\.stored))
        if plan.signerIsNotDeterministic { throw VaultError.signerNotDeterministic }
        let lost = try await settle(purpose, key, unsignedKey, migrated: plan.migrating, for: caller, at: now)
        let openable = plan.unlocked.filter { !lost.contains($0) }
        guard !openable.isEmpty, let expiresAt = opened(key, Set(openable), for: caller, at: now) else {
            return UnlockOutcome(plan, unlocked: [], expiresInMilliseconds: 0)
        }
        return UnlockOutcome(
            plan, unlocked: openable, expiresInMilliseconds: expiresAt.unixMilliseconds - now.unixMilliseconds)
    }

    /// One commit: the nonce is used, what was seen is noted, and unsigned copies get their sealed twins.
    private func carryOut(
        _ plan: UnlockPlan, _ request: UnlockPlan.Request, _ state: State, _ nonce: String, for caller: VaultCaller,
        at now: Timestamp
    ) async throws {
        let key = request.key
        let sealed = try plan.migrating.map { migration in
            try self.sealed(
                NamedSecret(migration.record.name, migration.text), under: key, isProven: request.isRepeated,
                by: caller, at: now)
        }
        try await keeping(sealed, for: caller, at: now) { new in
            try await database.write { tx in
                try confirm(state, key.purpose, nonce: nonce, of: caller, at: now, in: tx)
                for (record, check) in plan.proven {
                    try records.prove(record, check: check, of: caller.wallet, at: now, in: tx)
                }
                for record in plan.reverting { try records.delete(record, of: caller.wallet, in: tx) }
                for record in new { try records.put(record, of: caller.wallet, at: now, in: tx) }
                let events: [(AuditAction, String)] =
                    plan.unlocked.map { (.unlocked, $0.subject) }
                    + plan.proven.map { (.proven, $0.record.name.subject) }
                    + plan.reverting.map { (.reverted, $0.name.subject) }
                    + new.map { (.migrated, $0.name.subject) }
                try audit.append(events, by: caller.grant, of: caller.wallet, at: now, in: tx)
            }
        }
    }

    /// Reads back what was sealed beside an unsigned copy, and deletes the copies whose signature is proven. Doing it
    /// again does no harm, so a death between the commits costs nothing: the next unlock goes on here. Returns the
    /// scopes whose sealed record is not what was written; their copies stay.
    private func settle(
        _ purpose: VaultPurpose, _ key: VaultKey, _ unsignedKey: VaultKey, migrated: [UnlockPlan.Migration],
        for caller: VaultCaller, at now: Timestamp
    ) async throws -> Set<SecretScope> {
        let state = try await state(purpose, of: caller.wallet)
        let copies = state.records.filter { $0.seal == nil }
        guard !copies.isEmpty else { return [] }
        let twins = Dictionary(grouping: state.records.filter { $0.seal != nil }, by: \.name)
        let (done, lost) = try await WalletVault.offLoop { [store] in
            var done: [VaultRecord] = []
            var lost: Set<SecretScope> = []
            let names = Set(migrated.map(\.record.name))
            for copy in copies {
                guard let twin = twins[copy.name]?.first else { continue }
                let isSame: Bool
                do {
                    let (text, old) = (try key.text(of: twin, store), try unsignedKey.text(of: copy, store))
                    isSame = if let text, let old { text.isEqual(to: old) } else { false }
                } catch VaultError.storageFailed {
                    isSame = false
                }
                if isSame, twin.isProven { done.append(copy) }
                if !isSame, names.contains(copy.name) { lost.insert(copy.name.scope) }
            }
            return (done, lost)
        }
        guard !done.isEmpty else { return lost }
        let gone = try await database.write { [self, done] tx in
            try tx.lock(caller.wallet)
            let present = Set(try records.all(purpose, of: caller.wallet, in: tx))
            let going = done.filter { copy in
                present.contains(copy) && present.contains { $0.name == copy.name && $0.isProven }
            }
            for copy in going { try records.delete(copy, of: caller.wallet, in: tx) }
            try audit.append(
                going.map { (.unsignedDeleted, $0.name.subject) }, by: caller.grant, of: caller.wallet, at: now, in: tx)
            return going
        }
        store.forget(gone.map(\.stored))
        return lost
    }
}
