import Cryptography
import Primitives

@testable import Vault

/// Whether a key is saved, and open.
struct ProviderStatus: Hashable {
    let configured: Bool
    let unlocked: Bool
}

/// Signatures as text, which tests may hold: the product takes them in secret memory only.
extension WalletVault {
    func store(
        _ provider: ProviderSlug, key: Secret, signature: String?, again: String? = nil, nonce: String?,
        for caller: VaultCaller
    ) async throws -> ProviderStatus {
        let proof = try VaultProof(text: signature, again: again, nonce: nonce)
        let stored = try await store([NamedSecret(SecretName(provider), key)], proof, for: caller)
        return ProviderStatus(configured: true, unlocked: stored.unlocked)
    }

    func unlock(
        signature: String?, again: String? = nil, nonce: String?, providers: [String]?, for caller: VaultCaller
    ) async throws -> UnlockOutcome {
        try await unlock(
            .providers, VaultProof(text: signature, again: again, nonce: nonce), wanted: providers, for: caller)
    }
}

extension VaultProof {
    init(text signature: String?, again: String? = nil, nonce: String?) throws {
        self.init(
            signature: try signature.map { try Secret(copying: Array($0.utf8)) },
            again: try again.map { try Secret(copying: Array($0.utf8)) }, nonce: nonce)
    }
}

/// Providers by themselves, as most tests have no other secrets.
extension VaultKey {
    func seal(_ text: Secret, for provider: ProviderSlug, random: some RandomSource) throws(SecretError) -> Envelope {
        try seal(text, as: SecretName(provider), random: random)
    }

    func open(_ envelope: Envelope, for provider: ProviderSlug) throws(EnvelopeError) -> Secret {
        try open(envelope, as: SecretName(provider))
    }
}

extension OpenVaults {
    @discardableResult
    func open(_ key: VaultKey, for caller: VaultCaller, at now: Timestamp) -> Timestamp {
        open(key, [SecretScope(.anthropic)], for: caller, at: now)
    }

    func key(of wallet: WalletID, for grant: String, at now: Timestamp) throws -> VaultKey? {
        try key(to: SecretScope(.anthropic), of: wallet, for: grant, at: now)
    }
}
