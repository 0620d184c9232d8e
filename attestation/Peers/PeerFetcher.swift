/// How a peer is asked: an HTTP client, plugged in from outside, so that this module has none. A peer is nobody's
/// friend until it was judged: it may hang, send elsewhere, or never stop sending.
public protocol PeerFetcher: Sendable {
    /// Sends a GET for `url`. Redirects are not followed: the answer is returned as it is. An answer of more than
    /// `maximumBytes`, or one that is not whole within `milliseconds`, is a fault.
    ///
    /// With `pinnedKeySHA256`, the SHA-256 of a SubjectPublicKeyInfo, the answer comes over a connection to the holder
    /// of that key, beside all else that TLS is trusted for, or not at all.
    func get(
        _ url: String, pinnedKeySHA256: [UInt8]?, maximumBytes: Int, milliseconds: UInt64
    ) async throws(PeerFetchFault) -> PeerAnswer
}

/// What a peer answered.
public struct PeerAnswer: Hashable, Sendable {
    /// The HTTP status.
    public let status: Int
    /// The body.
    public let body: [UInt8]
    /// In how many seconds to come again, if it said so (RFC 9110 section 10.2.3).
    public let retryAfterSeconds: Int64?

    /// An answer from its parts.
    public init(status: Int, retryAfterSeconds: Int64? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// Why no answer came.
public enum PeerFetchFault: String, Error, Hashable, Sendable, CaseIterable {
    /// Nobody answers there, the connection is not allowed, or it broke.
    case unreachable = "peer_unreachable"
    /// The answer was not whole in time.
    case timedOut = "peer_timed_out"
    /// The answer is longer than any honest one.
    case tooLarge = "peer_answer_too_large"
    /// It sends the asker elsewhere. A peer is the one at its origin, and no other.
    case redirects = "peer_redirects"
    /// It has no time for the question now, and says so.
    case busy = "peer_busy"
    /// Whoever answers there does not hold the TLS key that the peer's evidence names.
    case otherTLSKey = "peer_other_tls_key"
    /// It answered, but with something else.
    case refused = "peer_refused"

    /// For people.
    public var explanation: String {
        switch self {
        case .unreachable: "The peer could not be reached."
        case .timedOut: "The peer's answer was not whole in time."
        case .tooLarge: "The peer's answer is longer than any honest one."
        case .redirects: "The peer redirects, which is not followed."
        case .busy: "The peer has no time for the question now."
        case .otherTLSKey: "Whoever answers there does not hold the TLS key that the peer's evidence names."
        case .refused: "The peer did not answer with what was asked for."
        }
    }
}
