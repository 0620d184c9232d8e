import Database
import Identity
import Primitives
import Vault

/// Plugs Identity's self-authenticating nonces into the vault.
struct IdentityNonces: NonceAuthority {
    let nonces: VaultNonces

    func issue(for wallet: WalletID, at now: Timestamp) -> String {
        nonces.issue(for: wallet, at: now)
    }

    func isGenuine(_ nonce: String, for wallet: WalletID, at now: Timestamp) -> Bool {
        nonces.isGenuine(nonce, for: wallet, at: now)
    }

    func consume(
        _ nonce: String, for wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Bool {
        try nonces.consume(nonce, for: wallet, at: now, in: tx)
    }
}
