import Agents
import Cryptography
import Database
import Primitives
import Vault

/// Plugs the vault into chat.
struct VaultProviderKeys: ProviderKeyPort {
    let vault: ProviderVault

    func openKey(
        for wallet: WalletID, grant: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Secret {
        do {
            let key = try vault.openProviderKey(.anthropic, of: wallet, grant: grant, at: now, in: tx)
            try vault.noteUse(of: .anthropic, by: wallet, at: now, in: tx)
            return key
        } catch let error as ProviderKeyError {
            switch error {
            case .missing: throw ProviderKeyProblem.missing
            // A record that was altered or moved cannot be used; unlocking says so, storing it anew mends it.
            case .locked, .damaged: throw ProviderKeyProblem.locked
            }
        }
    }
}
