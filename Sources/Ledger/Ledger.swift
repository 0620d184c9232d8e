/// The book of who is owed what: double entry, immutable transfers, holds in two phases.
///
/// Every function is synchronous and works inside the caller's transaction, so a hold and the work it pays for, or an
/// idempotency row and its transfer, are one commit. Every function that writes locks the wallet first. Ids are text
/// made by the caller and make the call repeatable: the same id with the same fields gives what is already there, with
/// other fields a typed conflict. Time comes in as a value. What a function throws, it throws before it has written
/// anything, `LedgerError.brokenBook` and the database's own errors excepted: let those end the body.
///
/// The value has no state: all of it stands in the tables of `LedgerMigrations`.
public struct Ledger: Sendable {
    /// The ledger of the database whose transactions it is given.
    public init() {}
}
