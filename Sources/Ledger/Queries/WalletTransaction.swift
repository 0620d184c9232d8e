/// A transfer as its wallet sees it, with what a spend was for.
public struct WalletTransaction: Hashable, Sendable {
    /// The transfer: amount (always positive; the kind says the direction), agent, time, balance after it.
    public let transfer: Transfer
    /// For the spend of a provider call: model, tokens, tool calls and their fee.
    public let usage: UsageCharge?
}

/// Which of a wallet's transactions to read: newest first, `limit` of them after skipping `offset`.
public struct PageRequest: Hashable, Sendable {
    /// What a request without a limit gets.
    public static let defaultLimit = 50
    /// A page that is still one short read.
    public static let maximumLimit = 100
    /// Skipped rows are read all the same, through an index: some milliseconds for this many.
    public static let maximumOffset = 100_000

    /// 1...`maximumLimit`.
    public let limit: Int
    /// 0...`maximumOffset`.
    public let offset: Int

    /// Nil if either number lies outside its range.
    public init?(limit: Int = PageRequest.defaultLimit, offset: Int = 0) {
        guard (1...PageRequest.maximumLimit).contains(limit), (0...PageRequest.maximumOffset).contains(offset) else {
            return nil
        }
        self.limit = limit
        self.offset = offset
    }
}

/// A page of a wallet's transactions.
public struct TransactionPage: Hashable, Sendable {
    /// The transactions, newest first.
    public let transactions: [WalletTransaction]
    /// How many the wallet has in all.
    public let total: Int64
    /// Whether older ones follow.
    public let hasMore: Bool
}
