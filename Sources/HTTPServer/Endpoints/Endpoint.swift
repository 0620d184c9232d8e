public import HTTPTypes
import Primitives

/// One route as a value: what it is called with, who may call it, what it answers, and the operation behind it.
/// The router, the checks, the OpenAPI document and the documentation page are all made from these.
public struct Endpoint: Sendable {
    /// Who may call.
    public enum Access: Sendable, Equatable {
        /// Anybody.
        case anyone
        /// A wallet whose token carries this permission, `namespace:action`; nil where any good token will do.
        case wallet(permission: String?)
    }

    /// A query parameter or header field.
    public struct Parameter: Sendable {
        /// Where it stands.
        public enum Place: String, Sendable {
            /// `?name=value`
            case query
            /// A header field.
            case header
        }

        /// Where it stands.
        public let place: Place
        /// Its name.
        public let name: String
        /// The lengths it may have, in characters.
        public let length: ClosedRange<Int>
        /// The rule it must fit.
        public let format: TextFormat?
        /// Whether it must be there.
        public let isRequired: Bool
        /// One sentence for the documentation.
        public let summary: String

        /// A parameter that fits a format.
        public init(
            _ place: Place, _ name: String, _ format: TextFormat, isRequired: Bool = false, _ summary: String
        ) {
            self.init(place, name, length: format.length, format: format, isRequired: isRequired, summary)
        }

        /// A parameter bounded in length alone.
        public init(
            _ place: Place, _ name: String, length: ClosedRange<Int>, format: TextFormat? = nil,
            isRequired: Bool = false, _ summary: String
        ) {
            self.place = place
            self.name = name
            self.length = length
            self.format = format
            self.isRequired = isRequired
            self.summary = summary
        }
    }

    /// What a good call is answered with.
    public enum Answer: Sendable {
        /// A JSON body.
        case json(HTTPStatus, Schema)
        /// A stream of server-sent events, each a JSON object `{type, data}`; the text describes them.
        case events(String)
        /// Text of another kind, by its content type.
        case text(contentType: String)

        /// The status of a good answer.
        public var status: HTTPStatus {
            if case .json(let status, _) = self { status } else { 200 }
        }
    }

    /// A body with at most this many bytes is read and checked on the event loop; a larger one elsewhere.
    public static let inlineBodyBytes = 16 << 10
    /// What a route takes unless it says otherwise: ample for any form of ours.
    public static let defaultBodyLimit = 16 << 10

    /// The method.
    public let method: HTTPMethod
    /// The path with its holes.
    public let path: PathTemplate
    /// The heading under which the documentation lists it.
    public let area: String
    /// What it does, in one line.
    public let summary: String
    /// What else a caller should know.
    public let detail: String
    /// Who may call.
    public let access: Access
    /// Query parameters and header fields.
    public let parameters: [Parameter]
    /// The body's shape; nil when no body is read.
    public let input: Schema?
    /// The good answer.
    public let answer: Answer
    /// The refusals of its own, beside those that every such route shares.
    public let errors: [APIError.Kind]
    /// The most bytes a body may have.
    public let bodyLimit: Int
    /// Whether it reads much: a wallet may do only `WalletGate.places` of these at a time, and the answer is streamed
    /// at the client's pace.
    public let isCostly: Bool
    /// Which quotas it counts against.
    public private(set) var rate = RateGroup.general
    /// The operation.
    public let handle: @Sendable (Call) async throws -> Response

    /// A route.
    public init(
        _ method: HTTPMethod, _ path: String, area: String, summary: String, detail: String = "", access: Access,
        parameters: [Parameter] = [], input: Schema? = nil, answer: Answer, errors: [APIError.Kind] = [],
        bodyLimit: Int = Endpoint.defaultBodyLimit, isCostly: Bool = false,
        handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = PathTemplate(path)
        self.area = area
        self.summary = summary
        self.detail = detail
        self.access = access
        self.parameters = parameters
        self.input = input
        self.answer = answer
        self.errors = errors
        self.bodyLimit = bodyLimit
        self.isCostly = isCostly
        self.handle = handle
    }

    /// The same route under another path: contracts with two spellings.
    public func also(at path: String) -> Endpoint {
        Endpoint(
            method, path, area: area, summary: summary, detail: detail, access: access, parameters: parameters,
            input: input, answer: answer, errors: errors, bodyLimit: bodyLimit, isCostly: isCostly, handle: handle
        ).rated(rate)
    }

    /// The same route with more refusals: those of the way in, which the route itself does not know.
    public func refusing(_ more: [APIError.Kind]) -> Endpoint {
        Endpoint(
            method, path.text, area: area, summary: summary, detail: detail, access: access, parameters: parameters,
            input: input, answer: answer, errors: errors + more, bodyLimit: bodyLimit, isCostly: isCostly,
            handle: handle
        ).rated(rate)
    }

    /// The same route, counted against the quotas of `group`.
    public func rated(_ group: RateGroup) -> Endpoint {
        var endpoint = self
        endpoint.rate = group
        return endpoint
    }

    /// `GET /agents/{id}`: the route's name in logs and metrics.
    public var name: String {
        "\(method.rawValue) \(path.text)"
    }

    /// Its own refusals and those that follow from what it reads.
    public var allErrors: [APIError.Kind] {
        var kinds = errors
        if input != nil { kinds += [.invalidRequest, .unsupportedMediaType, .tooLarge] }
        if isCostly { kinds += [.tooManyCostlyCalls] }
        if rate != .unlimited { kinds += [.rateLimited] }
        if !parameters.isEmpty || !path.names.isEmpty { kinds += [.invalidRequest] }
        if case .wallet = access { kinds += [.unauthorized, .forbidden] }
        kinds += [.internalError, .storageUnavailable]
        var seen: Set<APIError.Kind> = []
        return kinds.filter { seen.insert($0).inserted }
    }
}
