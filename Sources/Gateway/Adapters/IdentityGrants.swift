import Identity
import Vault

/// Plugs logouts into the vault.
struct IdentityGrants: GrantAuthority {
    let authenticator: Authenticator

    func hasEnded(_ caller: VaultCaller) -> Bool {
        authenticator.isRevoked(
            Principal(
                walletID: caller.wallet, address: caller.address, sessionID: caller.grant,
                expiresAt: caller.grantExpiresAt))
    }
}
