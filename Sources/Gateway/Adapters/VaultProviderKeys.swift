import Agents
import Cryptography
import Database
import Identity
import Primitives
import Vault

/// Plugs the vault into chat.
struct VaultProviderKeys: ProviderKeyPort {
    let vault: WalletVault
    let wallets: Wallets

    func openKey(
        for wallet: WalletID, grant: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Secret {
        do {
            return try vault.use(SecretName(.anthropic), of: wallet, grant: grant, at: now, in: tx) { tx in
                guard let address = try wallets.address(of: wallet, in: tx) else { throw ProviderKeyError.damaged }
                return address
            }
        } catch is ReleaseBlocked {
            throw ProviderKeyProblem.blocked
        } catch let error as ProviderKeyError {
            switch error {
            case .missing: throw ProviderKeyProblem.missing
            // A record that was altered or moved cannot be used; unlocking says so, storing it anew mends it.
            case .locked, .damaged: throw ProviderKeyProblem.locked
            }
        }
    }
}
