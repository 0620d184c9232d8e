import Primitives
import Synchronization

/// Principals of tokens that were verified, by the token's digest: saves the signature check on every call but the
/// first. Bounded: when the younger half is full it becomes the older half, and what was in that is forgotten; a hit in
/// the older half moves up. So what is used stays, each step costs the same, and a forgotten token is verified again.
final class VerifiedTokens: Sendable {
    /// Tokens a half holds: some 16,000 callers at once for about 5 MB.
    static let defaultHalf = 8_192

    private struct Entry {
        let principal: Principal
        /// When it is forgotten: at its token's end or before.
        let until: Timestamp
    }

    private struct Halves {
        var younger: [TokenDigest: Entry] = [:]
        var older: [TokenDigest: Entry] = [:]
    }

    private let half: Int
    private let halves = Mutex(Halves())

    init(half: Int = defaultHalf) {
        precondition(half > 0, "a cache holds something")
        self.half = half
    }

    /// The principal, unless its time has come at `now`.
    func principal(for digest: TokenDigest, at now: Timestamp) -> Principal? {
        halves.withLock { halves in
            if let entry = halves.younger[digest] {
                if now < entry.until { return entry.principal }
                halves.younger[digest] = nil
                return nil
            }
            guard let entry = halves.older.removeValue(forKey: digest), now < entry.until else {
                return nil
            }
            VerifiedTokens.insert(entry, digest, into: &halves, half: half)
            return entry.principal
        }
    }

    /// Remembers a principal until its token expires, or until `end` if that is earlier.
    func insert(_ principal: Principal, for digest: TokenDigest, until end: Timestamp? = nil) {
        let entry = Entry(principal: principal, until: min(end ?? principal.expiresAt, principal.expiresAt))
        halves.withLock { VerifiedTokens.insert(entry, digest, into: &$0, half: half) }
    }

    var count: Int { halves.withLock { $0.younger.count + $0.older.count } }

    private static func insert(_ entry: Entry, _ digest: TokenDigest, into halves: inout Halves, half: Int) {
        if halves.younger.count >= half, halves.younger[digest] == nil {
            halves.older = halves.younger
            halves.younger = [:]
        }
        halves.younger[digest] = entry
    }
}
