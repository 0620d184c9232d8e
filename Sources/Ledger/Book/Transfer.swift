public import Primitives

/// A booked transfer. It never changes and is never removed; a correction is a transfer of its own.
public struct Transfer: Hashable, Sendable {
    /// The caller's id, unique in the book.
    public let id: String
    /// Why the money moved.
    public let kind: TransferKind
    /// The wallet whose balance it changed; nil where money moved within the house.
    public let wallet: WalletID?
    /// How much, above zero.
    public let amount: MicroUSDC
    /// The agent it was spent on.
    public let agent: String?
    /// The hold that it captured, or overran.
    public let hold: String?
    /// When it was booked.
    public let bookedAt: Timestamp
    /// The wallet's balance after it, held money included; nil without a wallet.
    public let balanceAfter: MicroUSDC?
}

/// A transfer to be booked.
struct TransferDraft: Hashable, Sendable {
    let id: String
    let kind: TransferKind
    let wallet: WalletID?
    let amount: MicroUSDC
    var agent: String?
    var hold: String?

    /// Its lines.
    var postings: [Posting] {
        let (from, to) = kind.accounts
        return [
            Posting(account: from, wallet: wallet, amount: -amount),
            Posting(account: to, wallet: wallet, amount: amount),
        ]
    }

    /// - Throws: `LedgerError` unless something moves, within the limits.
    func check() throws(LedgerError) {
        precondition(kind.concernsWallet == (wallet != nil), "a \(kind.rawValue) transfer has the wrong parties")
        guard amount > .zero, amount <= .maximum else { throw .amountOutOfRange }
    }

    /// Whether `booked` is this transfer: every field but the time.
    func matches(_ booked: Transfer) -> Bool {
        id == booked.id && kind == booked.kind && wallet == booked.wallet && amount == booked.amount
            && agent == booked.agent && hold == booked.hold
    }
}
