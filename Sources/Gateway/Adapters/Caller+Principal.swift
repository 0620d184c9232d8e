import Ethereum
import HTTPServer
import Identity

extension Caller {
    /// The caller that a principal is on the HTTP face. Permissions are decided by `Permission` alone.
    init(_ principal: Principal) {
        self.init(
            walletID: principal.walletID, address: principal.address.lowercase, sessionID: principal.sessionID,
            expiresAt: principal.expiresAt
        ) { text in
            guard let needed = Permission(text) else { return false }
            return principal.may(needed)
        }
    }
}

extension Principal {
    /// The principal behind a caller, as far as ending its session goes.
    init?(_ caller: Caller) {
        guard let address = Address(caller.address) else { return nil }
        self.init(
            walletID: caller.walletID, address: address, sessionID: caller.sessionID, expiresAt: caller.expiresAt)
    }
}
