import HTTPTypes
import Primitives

/// What a client is told of its quotas: the one that is nearest its end (draft-ietf-httpapi-ratelimit-headers-10).
struct RateReport: Sendable {
    /// A quota and what it said.
    struct Entry: Sendable {
        let named: RateLimits.Named
        let decision: RateDecision

        /// Whether `other` leaves less room, in parts of its quota.
        func isLooser(than other: Entry) -> Bool {
            Int64(decision.remaining) * Int64(other.named.quota.count)
                > Int64(other.decision.remaining) * Int64(named.quota.count)
        }
    }

    private var tightest: Entry?

    /// Adds what a quota said; throws 429 if it refused.
    mutating func add(_ entry: Entry?) throws(APIError) {
        guard let entry else { return }
        if tightest.map({ !entry.isLooser(than: $0) }) ?? true { tightest = entry }
        guard entry.decision.isAllowed else {
            throw APIError(
                .rateLimited, retryAfterSeconds: entry.decision.retryAfterSeconds, reason: entry.named.name)
        }
    }

    /// The fields `RateLimit` and `RateLimit-Policy`, if any quota counted the request.
    func append(to fields: inout HTTPFields) {
        guard let tightest else { return }
        let (named, decision) = (tightest.named, tightest.decision)
        fields.append("RateLimit", "\"\(named.name)\";r=\(decision.remaining);t=\(decision.fullInSeconds)")
        fields.append("RateLimit-Policy", "\"\(named.name)\";q=\(named.quota.count);w=\(named.quota.windowSeconds)")
    }
}
