import Primitives
import Synchronization

/// Principals of tokens that were verified, by the token's digest: saves the signature check on every call but the
/// first. Bounded: when the younger half is full it becomes the older half, and what was in that is forgotten; a hit in
/// the older half moves up. So what is used stays, each step costs the same, and a forgotten token is verified again.
final class VerifiedTokens: Sendable {
    /// Tokens a half holds: some 16,000 callers at once for about 5 MB.
    static let defaultHalf = 8_192

    private struct Halves {
        var younger: [TokenDigest: Principal] = [:]
        var older: [TokenDigest: Principal] = [:]
    }

    private let half: Int
    private let halves = Mutex(Halves())

    init(half: Int = defaultHalf) {
        precondition(half > 0, "a cache holds something")
        self.half = half
    }

    /// The principal, unless the token has expired at `now`.
    func principal(for digest: TokenDigest, at now: Timestamp) -> Principal? {
        halves.withLock { halves in
            if let principal = halves.younger[digest] {
                if now < principal.expiresAt { return principal }
                halves.younger[digest] = nil
                return nil
            }
            guard let principal = halves.older.removeValue(forKey: digest), now < principal.expiresAt else {
                return nil
            }
            VerifiedTokens.insert(principal, digest, into: &halves, half: half)
            return principal
        }
    }

    func insert(_ principal: Principal, for digest: TokenDigest) {
        halves.withLock { VerifiedTokens.insert(principal, digest, into: &$0, half: half) }
    }

    var count: Int { halves.withLock { $0.younger.count + $0.older.count } }

    private static func insert(_ principal: Principal, _ digest: TokenDigest, into halves: inout Halves, half: Int) {
        if halves.younger.count >= half, halves.younger[digest] == nil {
            halves.older = halves.younger
            halves.younger = [:]
        }
        halves.younger[digest] = principal
    }
}
