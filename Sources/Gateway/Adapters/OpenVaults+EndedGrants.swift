import Identity
import Vault

/// Plugs revocations into the vault.
extension OpenVaults {
    /// Closes what was open for credentials that were revoked.
    func close(_ ended: EndedGrants) {
        switch ended {
        case .some(let grants): for grant in grants { close(grant: grant) }
        case .all(let wallet): close(wallet: wallet)
        }
    }
}
