public import HTTPTypes
public import Primitives

/// What a client is told when a request cannot be served: `{"error": code, "message": help, "requestId": …}`.
///
/// The kind is public and stable; `reason` is for the log alone and is a code too, never content.
public struct APIError: Error, Sendable {
    /// A stable kind of refusal: listed on the endpoints that give it, and so in the OpenAPI document.
    public struct Kind: Hashable, Sendable {
        /// The HTTP status.
        public let status: HTTPStatus
        /// The machine code, never changed once published.
        public let code: String
        /// What to do next, in a sentence.
        public let help: String

        /// A kind of refusal.
        public init(_ status: HTTPStatus, _ code: String, _ help: String) {
            self.status = status
            self.code = code
            self.help = help
        }
    }

    /// The public part.
    public let kind: Kind
    /// Members beside code and message, such as `missingSecrets`.
    public let details: [JSON.Member]
    /// Seconds for a `Retry-After` field, if waiting helps.
    public let retryAfterSeconds: Int?
    /// A more exact text than the kind's help, still public.
    public let message: String?
    /// Fields of the answer, such as `WWW-Authenticate` of another scheme than `Bearer`.
    public let fields: HTTPFields
    /// Why, for the log: a code or number, never content.
    public let reason: String?

    /// A refusal of that kind.
    public init(
        _ kind: Kind, message: String? = nil, details: [JSON.Member] = [], retryAfterSeconds: Int? = nil,
        fields: HTTPFields = [:], reason: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.details = details
        self.retryAfterSeconds = retryAfterSeconds
        self.fields = fields
        self.reason = reason
    }

    /// The answer's body.
    func body(requestID: String) -> JSON {
        .object(
            [
                .init("error", .string(kind.code)), .init("message", .string(message ?? kind.help)),
            ] + details + [.init("requestId", .string(requestID))])
    }

    /// The shape of every such body.
    static let schema = Schema.named(
        "Error",
        .object(
            [
                .required("error", .text(upTo: 64), "A stable machine code."),
                .required("message", .text(upTo: 1_000), "What to do next."),
                .required("requestId", .text(upTo: 64), "Quote this when asking for help."),
            ], isOpen: true))
}

extension APIError.Kind {
    /// The request's text cannot be understood.
    public static let invalidRequest = APIError.Kind(
        400, "invalid_request", "The request is malformed. The message says where; see /docs.")
    /// No token, or one that is no longer good.
    public static let unauthorized = APIError.Kind(
        401, "unauthorized", "Send Authorization: Bearer <token>. Get one from /auth/challenge and /auth/verify.")
    /// The token is good but does not reach this far.
    public static let forbidden = APIError.Kind(
        403, "insufficient_permissions", "This token does not carry the permission for this call.")
    /// There is no such route.
    public static let notFound = APIError.Kind(404, "not_found", "There is nothing here. See /docs for the routes.")
    /// The route exists with other methods.
    public static let methodNotAllowed = APIError.Kind(
        405, "method_not_allowed", "This route has other methods: see the Allow field.")
    /// The body is larger than the route admits.
    public static let tooLarge = APIError.Kind(413, "content_too_large", "Send a smaller body.")
    /// The body is not labelled as JSON.
    public static let unsupportedMediaType = APIError.Kind(
        415, "unsupported_media_type", "Send the body as Content-Type: application/json.")
    /// A quota of the client's address or wallet is used up.
    public static let rateLimited = APIError.Kind(
        429, "RATE_LIMITED", "Too many requests of this kind. Wait as long as Retry-After says.")
    /// The wallet does too many costly things at once.
    public static let tooManyCostlyCalls = APIError.Kind(
        429, "too_many_costly_calls", "Wait for your other long reads to end, and read their answers.")
    /// Our fault.
    public static let internalError = APIError.Kind(
        500, "internal_error", "Something broke on our side. Try again; if it stays, quote the requestId.")
    /// The database cannot take writes now, for instance because the disk is full.
    public static let storageUnavailable = APIError.Kind(
        503, "storage_unavailable", "The gateway cannot write to its database. Nothing was changed; try again later.")
    /// The process is about to end.
    public static let shuttingDown = APIError.Kind(
        503, "shutting_down", "This instance is going down. Send the request again.")
}
