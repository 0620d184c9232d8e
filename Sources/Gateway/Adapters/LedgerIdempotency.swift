import Agents
import Database
import Ledger
import Primitives

/// Plugs the store of repeated requests into chat.
struct LedgerIdempotency: IdempotencyPort {
    private static let route = "POST /agents/{id}/sessions/{sid}/chat"

    let store: IdempotencyStore

    func claim(_ key: TurnKey, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnKeyClaim {
        switch try store.begin(request(key), in: tx, at: now) {
        case .fresh: .fresh
        case .replay(_, let body): .completed(outcome: body)
        case .conflict: .conflict
        case .inProgress: .inProgress
        }
    }

    func complete(_ key: TurnKey, outcome: [UInt8], in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try store.complete(request(key), status: 200, body: outcome, in: tx, at: now)
    }

    func abandon(_ key: TurnKey, in tx: borrowing WriteTransaction) throws {
        try store.forget(request(key), in: tx)
    }

    private func request(_ key: TurnKey) throws -> IdempotentRequest {
        guard let text = IdempotencyKey(key.text) else { throw ChatError.invalidIdempotencyKey }
        return IdempotentRequest(
            wallet: key.wallet, route: LedgerIdempotency.route, key: text, hash: key.fingerprint)
    }
}
