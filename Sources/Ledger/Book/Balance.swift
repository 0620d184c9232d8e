public import Primitives

/// What a wallet has, and where it came from and went. In this book
///
///     posted = developmentCredits - unsettledSpend
///     available = posted - held
///
/// which is the house plan's formula with the terms that exist. The row is kept up to date posting by posting, under
/// the wallet's lock; `Ledger.verifyBook` recounts it.
public struct Balance: Hashable, Sendable {
    /// Everything credited less everything debited, held money included. Never below `held`.
    public internal(set) var posted: MicroUSDC
    /// What open holds lock. Never below zero.
    public internal(set) var held: MicroUSDC
    /// What the development faucet gave.
    public internal(set) var developmentCredits: MicroUSDC
    /// What was spent and has not been settled to revenue.
    public internal(set) var unsettledSpend: MicroUSDC
    /// How many transfers changed this balance.
    public internal(set) var transfers: Int64

    /// What can be spent now.
    public var available: MicroUSDC { posted - held }

    /// A wallet of which nothing was ever booked.
    public static let empty = Balance(
        posted: .zero, held: .zero, developmentCredits: .zero, unsettledSpend: .zero, transfers: 0)

    /// Whether the parts make up the whole.
    var isSound: Bool {
        posted == developmentCredits - unsettledSpend && held >= .zero && held <= posted && developmentCredits >= .zero
            && unsettledSpend >= .zero && transfers >= 0
    }
}

extension Balance {
    /// The balance after one more transfer, of whose postings these are the wallet's.
    /// - Throws: `InsufficientFunds` if it would touch held money, `LedgerError.balanceLimit` above the maximum.
    func booking(_ postings: [Posting]) throws -> Balance {
        var after = self
        after.transfers += 1
        for posting in postings {
            switch posting.account {
            case .available: after.posted = after.posted + posting.amount
            case .developmentFaucet: after.developmentCredits = after.developmentCredits - posting.amount
            case .unsettledSpend: after.unsettledSpend = after.unsettledSpend + posting.amount
            case .platformOverrun: preconditionFailure("an overrun is the house's own")
            }
        }
        guard after.posted >= after.held else {
            throw InsufficientFunds(available: available, needed: posted - after.posted)
        }
        guard after.posted <= .maximum else { throw LedgerError.balanceLimit }
        return after
    }

    /// The balance with `amount` more held.
    /// - Throws: `InsufficientFunds`.
    func holding(_ amount: MicroUSDC) throws(InsufficientFunds) -> Balance {
        guard amount <= available else { throw InsufficientFunds(available: available, needed: amount) }
        var after = self
        after.held = held + amount
        return after
    }

    /// The balance with `amount` no longer held.
    /// - Throws: `LedgerError.brokenBook` if less is held.
    func releasing(_ amount: MicroUSDC) throws(LedgerError) -> Balance {
        guard amount <= held else { throw .brokenBook("less is held than one hold of \(amount.rawValue)") }
        var after = self
        after.held = held - amount
        return after
    }
}
