import Agents
public import Attestation
import AttestationRoutes
import Cryptography
import Database
public import EventLoops
import HTTPClient
import HTTPServer
import Identity
import Ledger
public import Primitives
import Synchronization
public import Telemetry
import Vault

/// A running gateway.
public final class Gateway: Sendable {
    /// So long before the server cuts its connections, in milliseconds, turns are told to end: each is one write, and
    /// one event to its client.
    static let interruptMilliseconds: UInt64 = 1_000

    /// Where it listens, `http://127.0.0.1:8787`.
    public let address: String
    private let parts: Parts

    private struct Parts: Sendable {
        let configuration: Configuration
        let lock: FolderLock
        let loops: EventLoopGroup
        let domains: Domains
        let server: HTTPServer
        let services: [Task<Void, Never>]
        let attestation: AttestationService
        let metrics: Metrics
        let handler: LateHandler
        let log: Log
    }

    private init(address: String, parts: Parts) {
        self.address = address
        self.parts = parts
    }

    /// Starts a gateway: secrets first, then data, then the port. Returns when it serves; `log` then has a line
    /// `ready`.
    /// - Parameters:
    ///   - observer: hears what `/metrics` shows of the event loops, turn by turn.
    ///   - roots: whom evidence is believed for; anything but AMD's is for tests, which alone can pass it.
    /// - Throws: `GatewayStartError` with what to do, for everything an operator can mend.
    public static func start(
        _ configuration: Configuration, log: Log, clock: some WallClock, random: some RandomSource,
        observer: (any LagObserver)? = nil, roots: TrustedRoots = .amd
    ) async throws -> Gateway {
        var opened = OpenedParts()
        do {
            return try await start(
                configuration, log: log, clock: clock, random: random, observer: observer, roots: roots, &opened)
        } catch {
            await opened.close()
            throw error
        }
    }

    private static func start(
        _ configuration: Configuration, log: Log, clock: some WallClock, random: some RandomSource,
        observer: (any LagObserver)?, roots: TrustedRoots, _ opened: inout OpenedParts
    ) async throws -> Gateway {
        let started = Monotonic.nanoseconds()
        let degradations = try ProcessHardening.apply(secretSlots: configuration.secretSlots)
        let metrics = Metrics()
        let codeHash = Task.detached { try CodeHash.ofRunningProgram() }
        let (lock, opening) = try enterFolder(configuration, random: random, &opened)
        let prices = try loadPrices(configuration)
        let ciphertexts = try VaultFolder.open(
            configuration.vault, isProduction: configuration.mode == .production, random: random)
        let database = try openDatabase(configuration)
        opened.database = database
        try await confirm(opening.root, for: database, configuration, at: clock.now())
        let loops = try EventLoopGroup(count: configuration.loops, observer: LoopLag(metrics: metrics, other: observer))
        opened.loops = loops

        let handler = LateHandler()
        let tls = try TLSSetup.make(configuration, at: clock.now())
        let server = try await listen(configuration, tls.configuration, loops, handler)
        opened.server = server
        let address = address(configuration, port: server.port, isSecure: tls.configuration != nil)
        let domains = try await Domains.build(
            on: Domains.Ground(
                database: database, root: opening.root, prices: prices, loops: loops, egress: try egress(configuration),
                anthropicBaseURL: configuration.anthropicBaseURL, origin: configuration.publicOrigin ?? address,
                chains: configuration.chains, vault: configuration.vault, ciphertexts: ciphertexts,
                peers: PeerBook(configuration.peers, pacing: SteadyPacing()),
                loginQuota: configuration.rates[.login, .wallet], revisions: configuration.requestSignatures,
                workflowIssuer: configuration.workflowIssuer, clock: clock, random: random, log: log,
                metrics: metrics))
        opened.client = domains.client
        try await VaultFolder.recover(domains.vault)
        let recovered = try await domains.recover(log: log)

        let attestation = try await attest(
            configuration, domains, roots: roots, codeHash: try await codeHash.value, tls: server.tlsIdentity,
            origin: configuration.publicOrigin ?? address, log: log)
        opened.attestation = attestation
        try requireEvidence(configuration, attestation)
        opened.nodes = try await NodeService.start(domains, attestation, mode: configuration.mode, log: log)
        let posture = postureSource(
            configuration, attestation, domains, tls: server.tlsIdentity, rootSource: opening.source,
            found: degradations.union(opening.found), log: log)
        let peers = try peers(configuration, domains, attestation, roots: roots, log: log)
        let handover = try await HandoverService.make(configuration, attestation, root: opening.root)
        let table = RouteTable(
            domains: domains, posture: posture,
            attestation: routeSources(attestation, posture, peers, configuration, codeHash: try await codeHash.value),
            metrics: metrics, tls: server.tlsIdentity, certificateRequest: tls.certificateRequest,
            statistics: { server.statistics }, handover: HandoverRoutes(handover?.giver))
        let application = application(table.endpoints(), domains, configuration, log: log, metrics: metrics)
        GatewayGauges.install(in: metrics, domains: domains, server: server)
        handler.install(application)
        let housekeeping = Housekeeping(domains: domains, attestation: attestation, log: log, loop: loops.next())
            .start()
        let certificates = tls.certificatePath.map { CertificateWatch(path: $0, server: server, log: log).start() }
        sayReady(log, at: address, posture.posture, recovered: recovered, since: started)
        return Gateway(
            address: address,
            parts: Parts(
                configuration: configuration, lock: lock, loops: loops, domains: domains, server: server,
                services: [housekeeping, peers.start()] + [certificates, opened.nodes].compactMap { $0 },
                attestation: attestation, metrics: metrics, handler: handler, log: log))
    }

    /// Ends orderly: no new connections, running requests finish, streams get their bounded time, every turn is
    /// charged, and the database is closed.
    public func stop() async {
        parts.log.write("draining", [("seconds", .number(Int64(parts.configuration.drainSeconds)))])
        let grace = UInt64(parts.configuration.drainSeconds) * 1_000
        let interruption = Task { [chat = parts.domains.chat] in
            // Cut short when the server has nothing left to wait for; no turn begins any more then, either.
            try? await Task.sleep(for: .milliseconds(grace - min(grace, Gateway.interruptMilliseconds)))
            chat.interrupt()
        }
        await parts.server.drain(withinMilliseconds: grace)
        interruption.cancel()
        await interruption.value
        await parts.domains.chat.idle()
        for service in parts.services { service.cancel() }
        parts.attestation.stop()
        parts.metrics.dropGauges()
        parts.handler.remove()
        await parts.domains.client.close()
        await parts.domains.database.close()
        parts.domains.vault.close()
        parts.lock.release()
        parts.log.write("stopped")
        parts.loops.stop()
    }
}
