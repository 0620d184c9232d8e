/// Why money moved; decides which accounts it moved between.
public enum TransferKind: String, Hashable, Sendable, CaseIterable {
    /// Development credits for a wallet: development faucet -> available.
    case faucet
    /// A captured hold: available -> unsettled spend.
    case spend
    /// What a call cost above its hold: platform overrun -> unsettled spend, both the house's own parts.
    case overrun

    /// The account that pays and the account that receives.
    var accounts: (from: AccountKind, to: AccountKind) {
        switch self {
        case .faucet: (.developmentFaucet, .available)
        case .spend: (.available, .unsettledSpend)
        case .overrun: (.platformOverrun, .unsettledSpend)
        }
    }

    /// Whether the money is a wallet's, or moves within the house.
    var concernsWallet: Bool {
        switch self {
        case .faucet, .spend: true
        case .overrun: false
        }
    }
}
