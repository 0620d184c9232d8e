public import Database
public import Primitives

/// The development faucet as its clients use it: one gift for one request, however often it is repeated. Only a gateway
/// in development mode offers it.
public struct Faucet: Sendable {
    private let ledger: Ledger
    private let idempotency: IdempotencyStore

    /// The faucet of a ledger, which remembers its requests in `idempotency`.
    public init(ledger: Ledger, idempotency: IdempotencyStore) {
        self.ledger = ledger
        self.idempotency = idempotency
    }

    /// Credits `wallet`, or, if `request` has been carried out before, gives the receipt of that time again. Request,
    /// transfer and kept receipt are one commit. What is refused leaves nothing behind, so that the same request may be
    /// tried again.
    /// - Parameter request: the client's name for the gift; nil if it gave none, and each call is a gift of its own.
    /// - Precondition: `request` is of the same wallet.
    /// - Throws: `IdempotencyError.conflict`, `.inProgress`; `LedgerError.faucetAmount`, `.faucetDailyCap`,
    ///   `.transferConflict`, `.malformedID`, `.balanceLimit`.
    public func give(
        _ amount: MicroUSDC, id: String, to wallet: WalletID, once request: IdempotentRequest?,
        in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> FaucetReceipt {
        guard let request else { return try give(amount, id: id, to: wallet, in: tx, at: now) }
        precondition(request.wallet == wallet, "a request of another wallet")
        switch try idempotency.begin(request, in: tx, at: now) {
        case .fresh: break
        case .replay(_, let body): return try FaucetReceipt(stored: body)
        case .conflict: throw IdempotencyError.conflict
        case .inProgress: throw IdempotencyError.inProgress
        }
        let receipt = try give(amount, id: id, to: wallet, in: tx, at: now)
        try idempotency.complete(request, status: 200, body: receipt.stored, in: tx, at: now)
        return receipt
    }

    private func give(
        _ amount: MicroUSDC, id: String, to wallet: WalletID, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> FaucetReceipt {
        let transfer = try ledger.faucet(id: id, wallet: wallet, amount: amount, in: tx, at: now)
        return FaucetReceipt(
            id: transfer.id, amount: transfer.amount, available: try ledger.balance(of: wallet, in: tx).available)
    }
}
