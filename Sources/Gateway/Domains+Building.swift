import Cryptography
import Ethereum
import Identity
import Vault

/// Parts of `Domains.build` that have much to say.
extension Domains {
    static func vault(
        on ground: Ground, keys: KeyTree, open: OpenVaults, nonces: IdentityNonces, grants: IdentityGrants
    ) throws -> WalletVault {
        WalletVault(
            WalletVault.Policy(
                origin: ground.origin, chainID: ground.vault.chainID, allowsUnsigned: ground.vault.allowsUnsigned),
            keys: try WalletVault.Keys(
                index: keys.key(for: .vaultIndex), audit: keys.key(for: .vaultAudit),
                unsigned: keys.key(for: .vaultUnsigned)),
            nonces: nonces, grants: grants, open: open, store: ground.ciphertexts, database: ground.database,
            clock: ground.clock, random: ground.random)
    }

    static func signedRequests(
        on ground: Ground, _ wallets: Wallets, _ signatures: SignatureCheck
    ) throws -> SignedRequests {
        guard let origin = WebOrigin(ground.origin) else {
            throw GatewayStartError("\(Setting.publicOrigin.name): \(ground.origin) is no origin.")
        }
        return SignedRequests(
            revisions: ground.revisions, origin: origin, signatures: ChainSignatures(signatures), wallets: wallets,
            database: ground.database, clock: ground.clock, random: ground.random)
    }
}
