import Primitives
import Synchronization

/// The ids of revoked sessions in memory, so that a token that was verified before is refused without a query.
final class RevokedSessions: Sendable {
    private let expiryByID: Mutex<[String: Timestamp]>

    init(_ rows: [SessionRow]) {
        expiryByID = Mutex(Dictionary(rows.map { ($0.id, $0.expiresAt) }) { first, _ in first })
    }

    func contains(_ id: String) -> Bool {
        expiryByID.withLock { $0[id] != nil }
    }

    /// `expiresAt` is when its token is refused anyway.
    func insert(_ id: String, expiresAt: Timestamp) {
        expiryByID.withLock { $0[id] = expiresAt }
    }

    /// Forgets ids whose tokens expired before `moment`.
    func purge(before moment: Timestamp) {
        expiryByID.withLock { ids in ids = ids.filter { $0.value >= moment } }
    }

    var count: Int { expiryByID.withLock { $0.count } }
}
