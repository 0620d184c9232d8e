public import Ethereum
public import Primitives

/// Who calls the vault, as authentication found them.
public struct VaultCaller: Hashable, Sendable {
    /// The wallet's number.
    public let wallet: WalletID
    /// The wallet's address, which the signature has to recover to.
    public let address: Address
    /// What opened keys hang on: the login session.
    public let grant: String
    /// When the grant ends; no key stays open longer.
    public let grantExpiresAt: Timestamp

    /// A caller from its parts.
    public init(wallet: WalletID, address: Address, grant: String, grantExpiresAt: Timestamp) {
        self.wallet = wallet
        self.address = address
        self.grant = grant
        self.grantExpiresAt = grantExpiresAt
    }
}
