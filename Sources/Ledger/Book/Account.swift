public import Primitives

/// A side of a transfer. Credits count up, debits down; all postings of a transfer sum to zero.
public enum AccountKind: String, Hashable, Sendable, CaseIterable {
    /// What the house owes a wallet: its balance, held money included.
    case available
    /// The source of development credits: the more it gave, the lower it stands.
    case developmentFaucet = "development_faucet"
    /// What wallets have spent and has not been settled to revenue yet.
    case unsettledSpend = "unsettled_spend"
    /// What calls cost above their hold. The house pays it, so it only falls; each entry deserves an alarm.
    case platformOverrun = "platform_overrun"
}

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
