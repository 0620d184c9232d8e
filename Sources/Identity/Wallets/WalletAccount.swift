public import Ethereum

/// Whose a wallet is, as its row says: a `WalletAccount` is a key's, the same on all chains, or a contract's on one.
public struct WalletAccount: Hashable, Sendable {
    /// The account's address.
    public let address: Address
    /// Who holds it.
    public let holder: SignatureProof.Holder
}
