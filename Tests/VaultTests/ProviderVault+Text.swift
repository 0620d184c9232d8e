import Cryptography
import Vault

/// Signatures as text, which tests may hold: the product takes them in secret memory only.
extension ProviderVault {
    func store(
        _ provider: ProviderSlug, key: Secret, signature: String?, nonce: String?, for caller: VaultCaller
    ) async throws -> ProviderStatus {
        try await store(
            provider, key: key, signature: signature.map { try Secret(copying: Array($0.utf8)) }, nonce: nonce,
            for: caller)
    }

    func unlock(
        signature: String?, nonce: String?, providers: [String]?, for caller: VaultCaller
    ) async throws -> UnlockOutcome {
        try await unlock(
            signature: signature.map { try Secret(copying: Array($0.utf8)) }, nonce: nonce, providers: providers,
            for: caller)
    }
}
