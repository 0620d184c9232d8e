import HTTPTypes

/// Which browser pages may call (Fetch standard, CORS). Tokens travel in a header and never in cookies, so letting any
/// origin in gives it nothing that it could not send by itself.
public struct CrossOrigin: Sendable {
    /// The allowed origins; nil for any.
    public let origins: [String]?

    /// The given origins, or any.
    public init(origins: [String]?) {
        self.origins = origins
    }

    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    private static let requestFields =
        "Authorization, X-Api-Key, Content-Type, Idempotency-Key, X-Runtime-Scope-Id, A2A-Version, Last-Event-ID, "
        + "DPoP, Content-Digest, Signature, Signature-Input"
    private static let exposedFields =
        "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, Accept-Signature"

    /// Adds what a page needs to read the answer.
    func allow(_ origin: String?, in fields: inout HTTPFields) {
        vary(&fields)
        guard let allowed = allowedOrigin(for: origin) else { return }
        fields.append("Access-Control-Allow-Origin", allowed)
        fields.append("Access-Control-Expose-Headers", CrossOrigin.exposedFields)
    }

    /// The answer to a preflight.
    func preflight(_ origin: String?) -> Response {
        var fields = HTTPFields()
        vary(&fields)
        if let allowed = allowedOrigin(for: origin) {
            fields.append("Access-Control-Allow-Origin", allowed)
            fields.append("Access-Control-Allow-Methods", CrossOrigin.methods)
            fields.append("Access-Control-Allow-Headers", CrossOrigin.requestFields)
            fields.append("Access-Control-Max-Age", "600")
        }
        return Response(204, fields: fields)
    }

    /// Where answers differ by origin, a cache must know, also of those that no origin may read.
    private func vary(_ fields: inout HTTPFields) {
        if origins != nil, fields["Vary"] == nil { fields.append("Vary", "Origin") }
    }

    private func allowedOrigin(for origin: String?) -> String? {
        guard let origins else { return "*" }
        guard let origin, origins.contains(origin) else { return nil }
        return origin
    }
}
