import Cryptography
import Database
import Primitives

extension WalletVault {
    /// An envelope that is ready to be stored, and what its row will say.
    struct Sealed: Sendable {
        let name: SecretName
        let seal: VaultRecord.Seal?
        let epoch: VaultEpoch
        let envelope: [UInt8]

        func record(_ stored: StoredEnvelope) -> VaultRecord {
            VaultRecord(name: name, seal: seal, textVersion: VaultText.version, epoch: epoch, stored: stored)
        }
    }

    /// Seals a secret under `key`.
    func sealed(
        _ secret: NamedSecret, under key: VaultKey, isProven: Bool, by caller: VaultCaller, at now: Timestamp
    ) throws -> Sealed {
        let seal = try key.kind.map { kind in
            VaultRecord.Seal(
                kind: kind, check: try key.check(of: secret.name), grant: caller.grant, provenAt: isProven ? now : nil)
        }
        return Sealed(
            name: secret.name, seal: seal, epoch: key.epoch,
            envelope: try key.seal(secret.value, as: secret.name, random: random).bytes)
    }

    /// Makes ciphertexts durable, then runs `commit` with the records that refer to them. What is written outside the
    /// database is announced in the log first; if `commit` refuses, it is removed again.
    func keeping<R: Sendable>(
        _ sealed: [Sealed], for caller: VaultCaller, at now: Timestamp,
        commit: ([VaultRecord]) async throws -> R
    ) async throws -> R {
        guard store.isApart, !sealed.isEmpty else {
            return try await commit(sealed.map { $0.record(StoredEnvelope(inline: $0.envelope)) })
        }
        let index = signer.index(of: caller.address)
        let places = sealed.map {
            VaultPlace($0.name, isSigned: $0.seal != nil, of: index, key: signer.indexKey)
        }
        let intent = sealed.map { (action: AuditAction.storing, subject: $0.name.subject) }
        try await database.write { [audit] in
            try audit.append(intent, by: caller.grant, of: caller.wallet, at: now, in: $0)
        }
        let kept = try await WalletVault.offLoop { [store] in
            var kept: [VaultRecord] = []
            do throws(VaultStoreError) {
                for (sealed, place) in zip(sealed, places) {
                    kept.append(sealed.record(try store.keep(sealed.envelope, at: place)))
                }
            } catch {
                store.forget(kept.map(\.stored))
                throw VaultError.storageFailed
            }
            return kept
        }
        do {
            return try await commit(kept)
        } catch let error as DatabaseError where !error.isDefinite {
            // Whether it was committed is not known; the next start puts aside what no row refers to.
            throw error
        } catch {
            store.forget(kept.map(\.stored))
            throw error
        }
    }

    /// Work that reads or writes many files, or opens many envelopes: not on an event loop.
    static func offLoop<R: Sendable>(_ body: @Sendable () throws -> R) async throws -> R {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try body() }
    }
}

extension DatabaseError {
    /// Whether nothing of the body was kept for certain.
    fileprivate var isDefinite: Bool {
        switch self {
        case .constraint, .full, .busy, .overloaded, .unavailable, .timeLimit, .unexpectedValue, .misuse: true
        case .inputOutput, .corrupt, .closed, .other: false
        }
    }
}

extension SecretName {
    /// The name in the log: `provider/anthropic`, `mcp/server/NAME`.
    var subject: String { purpose.rawValue + "/" + text }
}

extension SecretScope {
    /// The name in the log: `provider/anthropic`, `mcp/server`.
    var subject: String { purpose.rawValue + "/" + text }
}
