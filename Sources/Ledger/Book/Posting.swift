import Primitives

/// One line of a transfer: what an account gains, or loses when negative.
struct Posting: Hashable, Sendable {
    /// The account.
    let account: AccountKind
    /// The wallet whose part of the account this is; nil for the house's own part. Over all accounts a wallet's parts
    /// sum to zero, which is what makes `Balance` an identity.
    let wallet: WalletID?
    /// The gain.
    let amount: MicroUSDC

    /// A line by its parts.
    init(account: AccountKind, wallet: WalletID?, amount: MicroUSDC) {
        self.account = account
        self.wallet = wallet
        self.amount = amount
    }
}

extension [Posting] {
    /// Zero for every transfer.
    var sum: MicroUSDC { reduce(.zero) { $0 + $1.amount } }
}
