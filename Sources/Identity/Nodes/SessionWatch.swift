import Cryptography
import Database
import Primitives
import Synchronization

/// Keeps one node's knowledge of sessions in step with the other nodes on its database: what they revoked, and the keys
/// they sign with.
///
/// It looks each `pollMilliseconds`. Whoever has not been able to look for `toleranceMilliseconds` cannot know what was
/// revoked meanwhile, so nobody is let in (`isCurrent`).
public final class SessionWatch: Sendable {
    /// Between two looks.
    public static let pollMilliseconds = 250
    /// How old the last look may be.
    public static let toleranceMilliseconds: UInt64 = 1_000
    /// Everything is read anew so often: what a look could miss does not stay unknown.
    static let reloadSeconds: UInt64 = 300

    /// Which keys of other nodes count.
    public enum Trust: Sendable {
        /// Those with a good code under the shared root: where no hardware can tell more.
        case sharedRoot
        /// None by themselves: whoever judges evidence adopts them, and then they stay while they are in use.
        case evidence
    }

    private struct State {
        var mark: ChangeFeed.Mark
        var currentAt: UInt64
        var reloadedAt: UInt64
        var published: Set<String> = []
        var publishedAt: UInt64 = 0
    }

    private let database: Database
    private let revoked: RevokedSessions
    private let keys: SessionKeys
    private let nodes: NodeKeys
    private let clock: any WallClock
    private let monotonic: @Sendable () -> UInt64
    private let trust = Mutex(Trust.evidence)
    private let ended = Mutex<(@Sendable (String) -> Void)?>(nil)
    private let state: Mutex<State>

    /// A watch that goes on from `mark`, up to which `revoked` knows everything.
    init(
        database: Database, revoked: RevokedSessions, keys: SessionKeys, nodes: NodeKeys, clock: any WallClock,
        from mark: ChangeFeed.Mark, monotonic: @escaping @Sendable () -> UInt64 = Monotonic.nanoseconds
    ) {
        self.database = database
        self.revoked = revoked
        self.keys = keys
        self.nodes = nodes
        self.clock = clock
        self.monotonic = monotonic
        let now = monotonic()
        state = Mutex(State(mark: mark, currentAt: now, reloadedAt: now))
    }

    /// Whether the last look is recent enough to let anybody in.
    public var isCurrent: Bool {
        let seen = state.withLock { $0.currentAt }
        return monotonic() < seen + SessionWatch.toleranceMilliseconds * 1_000_000
    }

    /// Says which keys count from now on, and adopts those that are there. Returns how many other nodes' keys that are.
    @discardableResult
    public func trust(_ trust: Trust) async throws -> Int {
        self.trust.withLock { $0 = trust }
        return try await adoptKeys()
    }

    /// Calls `body` with the id of each session that another node was found to have ended, maybe more than once: what
    /// hangs on it here has to go too.
    public func onEnded(_ body: @escaping @Sendable (String) -> Void) {
        ended.withLock { $0 = body }
    }

    private func takeIn(_ rows: RevocationRows) {
        revoked.insert(rows)
        guard let body = ended.withLock({ $0 }) else { return }
        for session in rows.sessions { body(session.id) }
    }

    /// Looks once: takes in what others revoked, and publishes this node's keys when that is due. Throws
    /// `DatabaseError`; what was known stays known. Returns whether another node's key has appeared.
    @discardableResult
    public func look() async throws -> Bool {
        let began = monotonic()
        let now = clock.now()
        let (mark, isReloadDue) = state.withLock {
            ($0.mark, began > $0.reloadedAt + SessionWatch.reloadSeconds * 1_000_000_000)
        }
        var look = ChangeFeed.Look.tooMuch
        if !isReloadDue {
            let (found, rows) = try await database.read { tx in
                let look = try ChangeFeed().look(after: mark, in: tx)
                // The rows behind the changes, in the same view.
                var rows = RevocationRows()
                if case .changes(let changes, _) = look { try rows.add(changes, in: tx) }
                return (look, rows)
            }
            look = found
            takeIn(rows)
        }
        var hasNewKey = false
        switch look {
        case .changes(let changes, let next):
            let kids = changes.filter { $0.table == "node_keys" }.map(\.key)
            hasNewKey = kids.contains { keys.published[$0] == nil }
            if !kids.isEmpty { try await adoptKeys() }
            state.withLock { $0.mark = next }
        case .tooMuch:
            let (rows, next) = try await database.scan { tx in
                (try RevocationRows(at: now, in: tx), try ChangeFeed().mark(in: tx))
            }
            takeIn(rows)
            hasNewKey = true
            try await adoptKeys()
            state.withLock { state in
                state.mark = next
                state.reloadedAt = began
            }
        }
        state.withLock { $0.currentAt = max($0.currentAt, began) }
        try await publishKeys()
        return hasNewKey
    }

    /// Publishes this node's keys: at once when there is a new one, and as a heartbeat.
    func publishKeys() async throws {
        let own = keys.own
        let names = Set(own.map(\.thumbprint))
        let began = monotonic()
        let isDue = state.withLock { state in
            state.published != names
                || began > state.publishedAt + UInt64(NodeKeys.heartbeatSeconds) * 1_000_000_000
        }
        guard isDue else { return }
        let now = clock.now()
        try await database.write { [nodes] in try nodes.publish(own, at: now, in: $0) }
        state.withLock { state in
            state.published = names
            state.publishedAt = began
        }
    }

    @discardableResult
    private func adoptKeys() async throws -> Int {
        let trust = trust.withLock { $0 }
        let now = clock.now()
        let own = Set(keys.own.map(\.thumbprint))
        let entries = try await database.read { [nodes] in try nodes.accepted(at: now, in: $0) }
        let others = entries.filter { !own.contains($0.key.thumbprint) }
        // A key that evidence has let in stays in for as long as its node says that it signs.
        for entry in others where trust == .sharedRoot || keys.published[entry.key.thumbprint] != nil {
            keys.adopt(entry.key, until: entry.acceptedUntil, at: now)
        }
        return others.count
    }
}
