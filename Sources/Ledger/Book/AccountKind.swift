/// A side of a transfer. Credits count up, debits down; all postings of a transfer sum to zero.
enum AccountKind: String, Hashable, Sendable, CaseIterable {
    /// What the house owes a wallet: its balance, held money included.
    case available
    /// The source of development credits: the more it gave, the lower it stands.
    case developmentFaucet = "development_faucet"
    /// What wallets have spent and has not been settled to revenue yet.
    case unsettledSpend = "unsettled_spend"
    /// What calls cost above their hold. The house pays it, so it only falls; each entry deserves an alarm.
    case platformOverrun = "platform_overrun"
}
