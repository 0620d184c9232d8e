/// Why a provider call gave no answer at all: nothing was started, so nothing is charged.
public enum ProviderRefusal: Error, Hashable, Sendable {
    /// The provider does not take the wallet's key (401, 403).
    case keyRejected
    /// The key has used up its rate (429). Seconds to wait, 1...`maximumRetryAfterSeconds`.
    case rateLimited(retryAfterSeconds: Int)
    /// The provider could not be reached, failed or is overloaded.
    case unavailable
    /// The provider does not take the request (400, 404, 413, 422).
    case requestRefused
    /// Our own side gave up: the client left.
    case cancelled

    /// What a client is told to wait when the provider names no time, or one that is no number of seconds.
    public static let defaultRetryAfterSeconds = 10
    /// An hour: a longer wait is cut to it, so that a provider's mistake does not silence clients for days.
    public static let maximumRetryAfterSeconds = 3_600

    /// The refusal for an answer with a status other than 200. The answer's body is not looked at.
    public init(status: Int, retryAfter: String?) {
        switch status {
        case 401, 403: self = .keyRejected
        case 429: self = .rateLimited(retryAfterSeconds: ProviderRefusal.seconds(retryAfter))
        case 408: self = .unavailable
        case 400..<500: self = .requestRefused
        default: self = .unavailable
        }
    }

    /// The refusal for a stream that failed before it started.
    public init(_ fault: ProviderFault) {
        switch fault {
        case .keyRejected: self = .keyRejected
        case .rateLimited: self = .rateLimited(retryAfterSeconds: ProviderRefusal.defaultRetryAfterSeconds)
        case .requestRefused: self = .requestRefused
        case .overloaded, .reported, .malformed, .outOfOrder, .cut, .stalled, .timeLimit: self = .unavailable
        }
    }

    private static func seconds(_ retryAfter: String?) -> Int {
        guard let retryAfter, !retryAfter.isEmpty, retryAfter.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return defaultRetryAfterSeconds
        }
        return min(max(Int(retryAfter) ?? maximumRetryAfterSeconds, 1), maximumRetryAfterSeconds)
    }
}
