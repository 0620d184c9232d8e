public import EventLoops

/// An HTTP/1.1 server on event loops: one listener and one set of connections a loop, nothing shared between them but
/// counters and caps.
public final class HTTPServer: Sendable {
    /// The port it listens on.
    public let port: Int

    let loops: [ServerLoop]
    private let counters: ServerCounters
    private let budget: MemoryBudget
    private let tls: TLSStore?

    /// Binds and begins to answer with `handler`. Throws `PortTaken` when somebody listens on the port, `SystemError`
    /// when the address cannot be had otherwise, and `TLSError` when certificate and key cannot be used.
    public static func start(
        _ configuration: ServerConfiguration, on group: EventLoopGroup, handler: some RequestHandler
    ) async throws -> HTTPServer {
        let tls = try configuration.tls.map { try TLSStore($0) }
        let counters = ServerCounters()
        let caps = ConnectionCaps(configuration.limits)
        let budget = MemoryBudget(configuration.limits)
        var port = configuration.port
        var loops: [ServerLoop] = []
        do {
            for loop in group.loops {
                let share = ServerLoop(
                    loop, configuration, tls: tls, handler: handler, counters: counters, caps: caps, budget: budget)
                let claim: ListeningSocket.Claim = loops.isEmpty ? .first : .further
                port = try await share.listen(address: configuration.address, port: port, claim: claim)
                loops.append(share)
            }
        } catch {
            for share in loops { await share.drain(withinMilliseconds: 0) }
            throw PortTaken(error, configuration) ?? error
        }
        return HTTPServer(port: Int(port), loops: loops, counters: counters, budget: budget, tls: tls)
    }

    private init(
        port: Int, loops: [ServerLoop], counters: ServerCounters, budget: MemoryBudget, tls: TLSStore?
    ) {
        self.tls = tls
        self.port = port
        self.loops = loops
        self.counters = counters
        self.budget = budget
    }

    /// What the server has done and holds.
    public var statistics: ServerStatistics {
        var statistics = counters.snapshot
        statistics.bufferedBodyBytes = budget.bodies.used
        statistics.unsentBytes = budget.unsent.used
        return statistics
    }

    /// By which key clients know the server.
    public var tlsIdentity: TLSIdentity { tls?.identity ?? .none }

    /// Shows new connections another certificate for the key that was made inside. Open ones keep the one they were
    /// shown. Reads the source at once: call it on a thread that may wait for the disk. Throws `TLSError` when the
    /// first certificate is not of that key, cannot be read, or no key was made inside; then nothing has changed.
    public func install(certificateChain: TLSConfiguration.Source) throws {
        guard let tls else { throw TLSError.keyNotInside }
        try tls.install(certificateChain: certificateChain)
    }

    /// Ends the server: accepts no more, closes idle connections, lets running requests end and closes their
    /// connections after the answer. What still runs after `milliseconds` is cancelled. Returns when everything is
    /// closed, at the latest `ServerLimits.settleMilliseconds` after that.
    public func drain(withinMilliseconds milliseconds: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            for share in loops { group.addTask { await share.drain(withinMilliseconds: milliseconds) } }
        }
    }
}
