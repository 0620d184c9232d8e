/// What must always be true of the book. Each rule is a query for what breaks it.
public enum BookRule: String, Hashable, Sendable, CaseIterable {
    /// A transfer has two postings that sum to zero, the larger of them its amount.
    case transferBalances
    /// A posting concerns the wallet of its transfer, and one of the two accounts of its kind, in its direction.
    case postingFitsTransfer
    /// A wallet's balance row is what its postings, its transfers and its open holds come to.
    case balanceIsRecounted
    /// The balance noted with each transfer is what the postings up to it come to.
    case runningBalance
    /// A captured hold has exactly the transfers that its charge and its overrun say; other holds have none.
    case holdIsBooked
    /// A spend and an overrun come from a hold of the same wallet.
    case spendHasHold
    /// A call that is not settled has an open hold; a settled one has a hold captured with its usage, or released.
    case callMatchesHold
    /// An agent's sum is that of the spends.
    case agentSpendIsRecounted
    /// A usage record computes: tokens by rates give the list cost, that gives the charge, and the hold paid it.
    case usageComputes

    /// Rows that break the rule, each by one text that names it; `usageComputes` needs arithmetic of 128 bits.
    var query: String? {
        switch self {
        case .transferBalances: BookRule.unbalancedTransfers
        case .postingFitsTransfer: BookRule.unfitPostings
        case .balanceIsRecounted: BookRule.wrongBalances
        case .runningBalance: BookRule.wrongRunningBalances
        case .holdIsBooked: BookRule.misbookedHolds
        case .spendHasHold: BookRule.spendsWithoutHold
        case .callMatchesHold: BookRule.misheldCalls
        case .agentSpendIsRecounted: BookRule.wrongAgentSpends
        case .usageComputes: nil
        }
    }
}

/// A rule that is broken, and by what.
public struct BookFault: Hashable, Sendable {
    /// The rule.
    public let rule: BookRule
    /// The transfer, hold, call, or wallet that breaks it.
    public let subject: String
}
