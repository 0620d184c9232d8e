public import EventLoops

/// Sends HTTP/1.1 requests from event loops.
///
/// Each loop of the group has its own pool of connections; a request runs on the caller's loop when the caller runs on
/// one of the group's, else on the next in turn. Certificates are always verified. Redirects are not followed, cookies
/// not kept, `.netrc` and proxy settings of the environment not read. A request whose method is not idempotent is
/// never sent twice; no request is sent on a connection that its peer has already closed.
public final class HTTPClient: Sendable {
    private let group: EventLoopGroup
    private let engines: [TransferEngine]

    /// A client on the loops of `group`.
    ///
    /// - Parameters:
    ///   - policy: which addresses it may connect to; asked for every connection, after the name was resolved.
    ///   - trust: whom it trusts to vouch for servers.
    ///   - connections: how many connections it keeps.
    public init(
        group: EventLoopGroup, policy: EgressPolicy, trust: TrustAnchors = .system,
        connections: ConnectionLimits = ConnectionLimits()
    ) {
        self.group = group
        let settings = EngineSettings(policy: policy, trust: trust, connections: connections)
        engines = group.loops.map { TransferEngine(loop: $0, settings: settings) }
    }

    deinit {
        for engine in engines { engine.retire() }
    }

    /// Stops all transfers (their readers get `.cancelled`), closes all connections and returns when that is done. Not
    /// needed before letting go of a client, whose running transfers then end in peace; needed before the group stops.
    public func close() async {
        // All are asked before the first is waited for; a loop does what it is asked in order.
        for engine in engines { engine.close {} }
        for engine in engines {
            await withCheckedContinuation { continuation in engine.close { continuation.resume() } }
        }
    }

    /// Sends a request and returns once the response's head is whole. Cancelling the task stops the transfer and
    /// closes its connection at once.
    ///
    /// Throws `.badURL` and `.badRequest` before anything is sent, and any other `HTTPClientError` before the head.
    public func send(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
        let plan = try RequestPlan(request)
        guard !Task.isCancelled else { throw .cancelled }
        let engine = engines[(group.loops.first { $0.inLoop } ?? group.next()).index]
        let channel = ResponseChannel(engine: engine, bodyLimit: request.limits.bodyBytes)
        engine.begin(plan, channel)
        let head = try await channel.head()
        return ClientResponse(status: head.status, fields: head.fields, body: ClientBody(channel))
    }
}
