import Primitives
import Synchronization

/// Counts requests by address and by wallet, and says which may go on.
final class RateLimiter: Sendable {
    /// Buckets of one generation: two of them take some 10 MiB when full. An attacker with more networks than this can
    /// make the node forget buckets, and gains what a new network would have given anyway.
    static let capacity = 65_536

    private let limits: RateLimits
    private let table: Mutex<RateTable>

    init(_ limits: RateLimits) {
        self.limits = limits
        let windows = RateGroup.allCases.flatMap { group in
            RateLimits.Counted.allCases.compactMap { limits[group, $0]?.windowSeconds }
        }
        table = Mutex(RateTable(capacity: RateLimiter.capacity, turnSeconds: windows.max() ?? 1))
    }

    /// Counts a request that came from `peer`, before anything is known of its caller. Nil if nothing limits it.
    func take(_ group: RateGroup, from peer: PeerAddress, at now: Int64) -> RateReport.Entry? {
        guard let named = limits.named(group, .address) else { return nil }
        return take(named, RateTable.Key(group: group, subject: .address(peer.network)), at: now)
    }

    /// Counts a request of `wallet`. Nil if nothing limits it here; exact groups are counted in the database.
    func take(_ group: RateGroup, by wallet: WalletID, at now: Int64) -> RateReport.Entry? {
        guard !group.isExact, let named = limits.named(group, .wallet) else { return nil }
        return take(named, RateTable.Key(group: group, subject: .wallet(wallet)), at: now)
    }

    /// The entry for what the database said about an exact group.
    func entry(_ group: RateGroup, _ decision: RateDecision) -> RateReport.Entry? {
        limits.named(group, .wallet).map { RateReport.Entry(named: $0, decision: decision) }
    }

    private func take(_ named: RateLimits.Named, _ key: RateTable.Key, at now: Int64) -> RateReport.Entry {
        let decision = table.withLock { $0.take(key, of: named.quota, at: now) }
        return RateReport.Entry(named: named, decision: decision)
    }
}
