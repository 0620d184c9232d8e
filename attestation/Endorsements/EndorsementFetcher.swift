/// How endorsements are fetched: an HTTP client, plugged in from outside, so that this module has none.
public protocol EndorsementFetcher: Sendable {
    /// Sends a GET for `target` (path and query) to the service. At most `maximumBytes` of body are wanted; a longer
    /// answer is a fault. Redirects are not followed: the answer is returned as it is.
    func get(_ target: String, maximumBytes: Int) async throws(EndorsementFetchFault) -> EndorsementAnswer
}

/// What the service answered.
public struct EndorsementAnswer: Hashable, Sendable {
    /// The HTTP status.
    public let status: Int
    /// `Retry-After` in seconds, if it was there and a number.
    public let retryAfterSeconds: Int64?
    /// The body.
    public let body: [UInt8]

    /// An answer from its parts.
    public init(status: Int, retryAfterSeconds: Int64? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.body = body
    }
}

/// No answer came: refused, cut off, too late, too long.
public struct EndorsementFetchFault: Error, Hashable, Sendable {
    /// What happened, in plain words.
    public let detail: String

    /// A fault in plain words.
    public init(detail: String) {
        self.detail = detail
    }
}
