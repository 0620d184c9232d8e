public import Primitives

/// What the ledger refuses. `InsufficientFunds` is an error of its own.
public enum LedgerError: Error, Hashable, Sendable {
    /// An id is empty, longer than `LedgerID.maximumLength`, or holds other than visible ASCII.
    case malformedID
    /// An amount is negative, above `MicroUSDC.maximum`, or zero where something must move.
    case amountOutOfRange
    /// A hold would end in the past, or lock money for longer than `HoldRequest.maximumLifetimeSeconds`.
    case expiryOutOfRange
    /// A transfer has this id and other fields.
    case transferConflict(id: String)
    /// A hold has this id and other fields, or is there where a new one is needed.
    case holdConflict(id: String)
    /// No hold has this id.
    case unknownHold(id: String)
    /// The hold was resolved before, with another outcome.
    case holdAlreadyResolved(id: String, as: HoldState)
    /// The hold's time is not over.
    case holdNotExpired(id: String, expiresAt: Timestamp)
    /// A provider call runs on the hold and decides how it ends.
    case holdServesCall(id: String, call: String)
    /// A provider call has this id and other fields.
    case callConflict(id: String)
    /// No provider call has this id.
    case unknownCall(id: String)
    /// The call has not ended, so there is nothing to settle.
    case callNotEnded(id: String)
    /// The event does not follow from the state the call is in.
    case illegalTransition(IllegalTransition)
    /// The wallet would hold more than `MicroUSDC.maximum`.
    case balanceLimit
    /// The faucet gives neither less nor more than this at a time.
    case faucetAmount(least: MicroUSDC, most: MicroUSDC)
    /// The faucet gives no more to this wallet today.
    case faucetDailyCap(remaining: MicroUSDC, resetsAt: Timestamp)
    /// The book contradicts itself; the text says where, by ids and numbers. The body must end, so that nothing is
    /// kept.
    case brokenBook(String)
}
