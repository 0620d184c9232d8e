import Agents
import Database
import Ledger
import Primitives

/// Plugs the store of repeated requests into chat.
struct LedgerIdempotency: IdempotencyPort {
    private static let route = "POST /agents/{id}/sessions/{sid}/chat"

    let store: IdempotencyStore

    func claim(
        _ request: Agents.IdempotentRequest, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> IdempotencyClaim {
        switch try store.begin(ledgerRequest(request.key, request.wallet, request.fingerprint), in: tx, at: now) {
        case .fresh: .fresh
        case .replay(_, let body): .completed(outcome: body)
        case .conflict: .conflict
        case .inProgress: .inProgress
        }
    }

    func complete(
        _ key: String, of wallet: WalletID, outcome: [UInt8], in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        try store.complete(ledgerRequest(key, wallet, nil), status: 200, body: outcome, in: tx, at: now)
    }

    func abandon(_ key: String, of wallet: WalletID, in tx: borrowing WriteTransaction) throws {
        try store.forget(ledgerRequest(key, wallet, nil), in: tx)
    }

    /// The row's key; the hash matters to `begin` alone.
    private func ledgerRequest(_ key: String, _ wallet: WalletID, _ hash: [UInt8]?) throws -> Ledger.IdempotentRequest {
        guard let key = IdempotencyKey(key) else { throw ChatError.invalidIdempotencyKey }
        let hash = hash ?? [UInt8](repeating: 0, count: Ledger.IdempotentRequest.hashLength)
        return Ledger.IdempotentRequest(wallet: wallet, route: LedgerIdempotency.route, key: key, hash: hash)
    }
}
