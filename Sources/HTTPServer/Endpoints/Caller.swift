public import Primitives

/// Who makes a call, once the bearer token has been checked.
public struct Caller: Sendable {
    /// The wallet on whose behalf the call is made.
    public let walletID: WalletID
    /// Its address in lower case.
    public let address: String
    /// The login session (or the stable id of a wallet token) that open vault keys hang on.
    public let sessionID: String
    /// When the token ends.
    public let expiresAt: Timestamp
    /// Whether the token carries a permission, `namespace:action`.
    public let allows: @Sendable (String) -> Bool

    /// A checked caller.
    public init(
        walletID: WalletID, address: String, sessionID: String, expiresAt: Timestamp,
        allows: @escaping @Sendable (String) -> Bool
    ) {
        self.walletID = walletID
        self.address = address
        self.sessionID = sessionID
        self.expiresAt = expiresAt
        self.allows = allows
    }
}
