public import Primitives

/// One line of a transfer: what an account gains, or loses when negative.
public struct Posting: Hashable, Sendable {
    /// The account.
    public let account: AccountKind
    /// The wallet whose part of the account this is; nil for the house's own part. Over all accounts a wallet's parts
    /// sum to zero, which is what makes `Balance` an identity.
    public let wallet: WalletID?
    /// The gain.
    public let amount: MicroUSDC

    /// A line by its parts.
    public init(account: AccountKind, wallet: WalletID?, amount: MicroUSDC) {
        self.account = account
        self.wallet = wallet
        self.amount = amount
    }
}

extension [Posting] {
    /// Zero for every transfer.
    var sum: MicroUSDC { reduce(.zero) { $0 + $1.amount } }
}
