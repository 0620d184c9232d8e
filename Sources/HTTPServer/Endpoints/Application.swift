import HTTPTypes
public import Primitives
public import Telemetry

/// The endpoints as one request handler: finds the route, checks the request, learns the caller, calls, answers, and
/// leaves one line in the log.
public final class Application: RequestHandler {
    /// What the application needs from outside.
    public struct Environment: Sendable {
        /// Learns from a request's credential who calls; throws an `APIError` of status 401 for a missing or bad one.
        /// It gets the whole request, because some credentials sign more than themselves.
        public let authenticate: @Sendable (Request) async throws -> Caller
        /// Whether a request's credential is good as far as its head tells, without asking the database: what a client
        /// must show before it may make us keep a large body.
        public let isGenuine: @Sendable (RequestHead) -> Bool
        /// The quotas that this node counts.
        public let limits: RateLimits
        /// Counts an act of a wallet in a group whose quota all nodes share; nil if there is no such quota.
        public let countExactly: @Sendable (RateGroup, WalletID) async throws -> RateDecision?
        /// Names an error that no route has named: full disk, closed database.
        public let translate: @Sendable (any Error) -> APIError
        /// Browser pages that may call.
        public let crossOrigin: CrossOrigin
        /// One line a request goes here.
        public let log: Log
        /// Latencies and counts go here.
        public let metrics: Metrics
        /// For request ids.
        public let random: any RandomSource

        /// The outside world.
        public init(
            authenticate: @escaping @Sendable (Request) async throws -> Caller,
            isGenuine: @escaping @Sendable (RequestHead) -> Bool,
            limits: RateLimits = RateLimits(),
            countExactly: @escaping @Sendable (RateGroup, WalletID) async throws -> RateDecision? = { _, _ in nil },
            translate: @escaping @Sendable (any Error) -> APIError, crossOrigin: CrossOrigin, log: Log,
            metrics: Metrics, random: any RandomSource
        ) {
            self.authenticate = authenticate
            self.isGenuine = isGenuine
            self.limits = limits
            self.countExactly = countExactly
            self.translate = translate
            self.crossOrigin = crossOrigin
            self.log = log
            self.metrics = metrics
            self.random = random
        }
    }

    /// Bodies on routes that read none: some clients send `{}` with DELETE. Read and dropped.
    static let unreadBodyLimit = 4 << 10

    /// A piece of a costly answer: what a stream's buffer takes without waiting.
    static let pieceBytes = 32 << 10

    /// The routes served.
    public let endpoints: [Endpoint]
    private let router: Router
    private let meters: [RouteMeter]
    private let unroutedMeter: RouteMeter
    private let environment: Environment
    private let numbers: RequestNumbers
    private let costlyCalls = WalletGate()
    private let rates: RateLimiter

    /// An application of these routes.
    public init(_ endpoints: [Endpoint], _ environment: Environment) {
        self.endpoints = endpoints
        self.environment = environment
        router = Router(endpoints)
        rates = RateLimiter(environment.limits)
        meters = endpoints.map { RouteMeter(route: $0.name, metrics: environment.metrics) }
        unroutedMeter = RouteMeter(route: "none", metrics: environment.metrics)
        numbers = RequestNumbers(random: environment.random)
    }

    /// How large a body may be, by route. A large one is kept only for a client whose token has a good signature.
    public func admit(_ head: RequestHead) -> Admission {
        guard case .found(let index, _) = router.match(head.method, head.path), endpoints[index].input != nil else {
            return .accept(bodyLimit: Application.unreadBodyLimit)
        }
        let endpoint = endpoints[index]
        let isLarge = (head.contentLength ?? .max) > Endpoint.inlineBodyBytes
        guard isLarge, endpoint.bodyLimit > Endpoint.inlineBodyBytes, case .wallet = endpoint.access else {
            return .accept(bodyLimit: endpoint.bodyLimit)
        }
        // Looking at a credential costs; whoever sends bad ones is counted before the next is looked at.
        let now = Int64(clamping: Monotonic.nanoseconds() / 1_000)
        if rates.take(endpoint.rate, from: head.peer, at: now)?.decision.isAllowed == false {
            return .reject(refusal(.rateLimited, origin: head.fields["Origin"]))
        }
        guard environment.isGenuine(head) else {
            return .reject(refusal(.unauthorized, origin: head.fields["Origin"]))
        }
        return .accept(bodyLimit: endpoint.bodyLimit)
    }

    /// The answer to what the parser has refused.
    public func refuse(_ refusal: ProtocolRefusal) -> Response {
        self.refusal(refusal.kind, origin: nil)
    }

    private func refusal(_ kind: APIError.Kind, origin: String?) -> Response {
        let requestID = numbers.next()
        var response = errorResponse(APIError(kind), requestID: requestID)
        decorate(&response.fields, requestID: requestID, origin: origin)
        unroutedMeter.record(status: kind.status.code, microseconds: 0)
        environment.log.write(
            "refused", [("id", .id(requestID)), ("status", .number(Int64(kind.status.code))), ("code", .id(kind.code))])
        return response
    }

    /// Serves one request.
    public func handle(_ request: Request) async -> Response {
        let started = Monotonic.nanoseconds()
        let requestID = numbers.next()
        let match = router.match(request.method, request.path)
        var index: Int?
        var failure: APIError?
        var report = RateReport()
        var response: Response
        do {
            switch match {
            case .found(let found, let values):
                index = found
                response = try await call(endpoints[found], values, request, requestID, &report)
            case _ where request.method == .options:
                response = environment.crossOrigin.preflight(request.fields["Origin"])
            case .wrongMethod(let allowed): response = wrongMethod(allowed, requestID)
            case .badPath: throw APIError(.invalidRequest, message: "The path holds a broken escape.")
            case .notFound: throw APIError(.notFound)
            }
        } catch {
            let named = error as? APIError ?? environment.translate(error)
            failure = named
            response = errorResponse(named, requestID: requestID)
        }
        report.append(to: &response.fields)
        decorate(&response.fields, requestID: requestID, origin: request.fields["Origin"])
        let ending = Ending(requestID: requestID, route: index, started: started, failure: failure)
        watchEnd(of: &response, ending)
        return response
    }

    private func call(
        _ endpoint: Endpoint, _ values: [String], _ request: Request, _ requestID: String,
        _ report: inout RateReport
    ) async throws -> Response {
        let now = Int64(clamping: Monotonic.nanoseconds() / 1_000)
        try report.add(rates.take(endpoint.rate, from: request.peer, at: now))
        let caller = try await caller(of: endpoint, request)
        if let caller { try await count(caller.walletID, endpoint.rate, at: now, &report) }
        let permit = try permit(for: endpoint, caller)
        let holes = endpoint.path.names
        for (name, value) in zip(holes, values) where Schema.problem(in: value, TextFormat.pathValue) != nil {
            throw APIError(.invalidRequest, message: "{\(name)} in the path is no id.", reason: "path")
        }
        let reader = RequestReader(endpoint: endpoint, request: request)
        let parameters = try reader.parameters()
        let body = try await reader.body()
        let call = Call(
            request: request, requestID: requestID, body: body.value,
            pathValues: Dictionary(uniqueKeysWithValues: zip(holes, values)), parameters: parameters,
            withheld: body.withheld, knownCaller: caller)
        let response = try await endpoint.handle(call)
        return permit.map { Application.streamed(response, holding: $0) } ?? response
    }

    /// The wallet's quota: here, or in the database where all nodes share it.
    private func count(
        _ wallet: WalletID, _ group: RateGroup, at now: Int64, _ report: inout RateReport
    ) async throws {
        if group.isExact {
            let decision = try await environment.countExactly(group, wallet)
            try report.add(decision.flatMap { rates.entry(group, $0) })
        } else {
            try report.add(rates.take(group, by: wallet, at: now))
        }
    }

    private func permit(for endpoint: Endpoint, _ caller: Caller?) throws(APIError) -> WalletGate.Permit? {
        guard endpoint.isCostly, let caller else { return nil }
        guard let permit = costlyCalls.enter(caller.walletID) else {
            throw APIError(.tooManyCostlyCalls, retryAfterSeconds: 1)
        }
        return permit
    }

    /// The same answer at the client's pace; the permit goes with its end.
    private static func streamed(_ response: Response, holding permit: WalletGate.Permit) -> Response {
        guard case .bytes(let bytes) = response.content else { return response }
        var response = response
        let type = response.fields["Content-Type"] ?? "application/octet-stream"
        response.fields.remove("Content-Type")
        response.content = .stream(contentType: type) { writer in
            var rest = bytes[...]
            while !rest.isEmpty {
                try await writer.write(Array(rest.prefix(Application.pieceBytes)))
                rest = rest.dropFirst(Application.pieceBytes)
            }
            withExtendedLifetime(permit) {}
        }
        return response
    }

    /// 401 for a bad token, 403 for a good one that does not reach here. On open routes a bad token counts as none:
    /// clients send stale ones along.
    private func caller(of endpoint: Endpoint, _ request: Request) async throws -> Caller? {
        switch endpoint.access {
        case .anyone: return nil
        case .wallet(let permission):
            let caller = try await environment.authenticate(request)
            if let permission, !caller.allows(permission) { throw APIError(.forbidden, reason: permission) }
            return caller
        }
    }

    private func wrongMethod(_ allowed: [HTTPMethod], _ requestID: String) -> Response {
        var response = errorResponse(APIError(.methodNotAllowed), requestID: requestID)
        let names = (allowed + (allowed.contains(.get) ? [.head] : []) + [.options]).map(\.rawValue)
        response.fields.append("Allow", names.joined(separator: ", "))
        return response
    }

    private func errorResponse(_ error: APIError, requestID: String) -> Response {
        var fields = error.fields
        if let seconds = error.retryAfterSeconds { fields.append("Retry-After", String(seconds)) }
        if error.kind.status == 401, fields["WWW-Authenticate"] == nil {
            fields.append("WWW-Authenticate", "Bearer realm=\"sealgate\"")
        }
        return .json(error.body(requestID: requestID), status: error.kind.status, fields: fields)
    }

    private func decorate(_ fields: inout HTTPFields, requestID: String, origin: String?) {
        fields.append("X-Request-Id", requestID)
        fields.append("X-Content-Type-Options", "nosniff")
        if fields["Cache-Control"] == nil { fields.append("Cache-Control", "no-store") }
        if fields["Access-Control-Allow-Methods"] == nil { environment.crossOrigin.allow(origin, in: &fields) }
    }

    private struct Ending: Sendable {
        let requestID: String
        let route: Int?
        let started: UInt64
        let failure: APIError?
    }

    /// Bytes end now; a stream ends when its closure does.
    private func watchEnd(of response: inout Response, _ ending: Ending) {
        let status = response.status.code
        switch response.content {
        case .bytes: finish(ending, status: status, outcome: nil)
        case .stream(let contentType, let body):
            response.content = .stream(contentType: contentType) { [self] writer in
                try await watch(ending, status) { try await body(writer) }
            }
        case .events(let body):
            response.content = .events { [self] writer in
                try await watch(ending, status) { try await body(writer) }
            }
        }
    }

    private func watch(_ ending: Ending, _ status: Int, _ body: () async throws -> Void) async throws {
        do {
            try await body()
            finish(ending, status: status, outcome: "complete")
        } catch {
            finish(ending, status: status, outcome: error is CancellationError ? "client_gone" : "failed")
            throw error
        }
    }

    private func finish(_ ending: Ending, status: Int, outcome: String?) {
        let microseconds = Int64((Monotonic.nanoseconds() - ending.started) / 1_000)
        (ending.route.map { meters[$0] } ?? unroutedMeter).record(status: status, microseconds: microseconds)
        var members: [(name: String, value: Log.Value)] = [
            ("id", .id(ending.requestID)), ("route", .id(ending.route.map { endpoints[$0].name } ?? "none")),
            ("status", .number(Int64(status))), ("durationMicroseconds", .number(microseconds)),
        ]
        if let outcome { members.append(("stream", .id(outcome))) }
        if let failure = ending.failure {
            members.append(("code", .id(failure.kind.code)))
            if let reason = failure.reason { members.append(("reason", .id(reason))) }
        }
        environment.log.write("request", members)
    }
}
