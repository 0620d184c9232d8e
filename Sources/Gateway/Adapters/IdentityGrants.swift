import Identity
import Vault

/// Plugs logouts into the vault. Behind a signed request there is no session, so nothing stays open for one.
struct IdentityGrants: GrantAuthority {
    let authenticator: Authenticator

    func hasEnded(_ caller: VaultCaller) -> Bool {
        SignedRequests.isID(caller.grant)
            || authenticator.isRevoked(
                Principal(
                    walletID: caller.wallet, address: caller.address, sessionID: caller.grant,
                    expiresAt: caller.grantExpiresAt))
    }
}
