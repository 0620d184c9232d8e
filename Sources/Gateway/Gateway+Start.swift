import HTTPTypes
import Attestation
import Cryptography
import Database
import EventLoops
import HTTPClient
import HTTPServer
import Identity
import Ledger
import Primitives
import Telemetry

/// The steps of a start, each with its own complaint.
extension Gateway {
    static let databaseName = "sealgate.db"
    /// The largest price file: some thousand models.
    static let maximumPriceBytes = 1 << 20

    /// The data folder is there, and nobody else can write to it.
    static func prepareFolder(_ configuration: Configuration) throws(GatewayStartError) {
        let folder = configuration.dataDirectory
        guard DataFile.makeFolder(folder) else {
            throw GatewayStartError(
                "\(Setting.dataDirectory.name): the folder \(folder) cannot be made. Name one that can.")
        }
        if let complaint = Ownership.complaint(aboutFolder: folder) {
            throw GatewayStartError("\(Setting.dataDirectory.name): \(complaint)")
        }
    }

    /// The root, looked for in a folder that is this gateway's alone from here on.
    static func enterFolder(
        _ configuration: Configuration, random: some RandomSource, _ opened: inout OpenedParts
    ) throws -> (lock: FolderLock, root: OpenedRoot) {
        try prepareFolder(configuration)
        let lock = try FolderLock(configuration)
        opened.lock = lock
        return (lock, try openRoot(configuration, random: random))
    }

    static func openRoot(_ configuration: Configuration, random: some RandomSource) throws -> OpenedRoot {
        try prepareFolder(configuration)
        return try RootKeeper(configuration).open(random: random)
    }

    /// Refuses a database that was begun under another root: nobody would find their wallet, or their money, again.
    static func confirm(
        _ root: RootSecret, for database: Database, _ configuration: Configuration, at now: Timestamp
    ) async throws {
        let check = try RootCheck(keys: KeyTree(root: root))
        do {
            try await database.write { try check.confirm(at: now, in: $0) }
        } catch is RootCheck.OtherRoot {
            await database.close()
            let place = configuration.dataDirectory + "/" + databaseName
            let name = configuration.databaseURL == nil ? place : "The database of \(Setting.database.name)"
            let advice =
                switch configuration.root.sealing {
                case .file: "Restore \(RootSecretStore.fileName) (or \(Setting.rootSecret.name)) from your backup."
                case .snp, .tpm: "Database and root are of different gateways: bring the ones that belong together."
                }
            throw GatewayStartError(
                "\(name) was begun under another root secret. Nothing was "
                    + "changed. \(advice)")
        }
    }

    static func openDatabase(_ configuration: Configuration) throws -> Database {
        let path = configuration.dataDirectory + "/" + databaseName
        let location = configuration.databaseURL.map(DatabaseLocation.server) ?? .file(path: path)
        // Never the URL: it holds a password.
        let name = configuration.databaseURL == nil ? path : Setting.database.name
        do {
            return try Database(location, migrations: try Domains.migrations())
        } catch DatabaseError.busy where location.engine == .sqlite {
            throw GatewayStartError(
                "\(path) is in use by another process. Stop that gateway, or set \(Setting.dataDirectory.name).")
        } catch DatabaseError.unavailable {
            throw GatewayStartError(
                "\(name): the server does not answer, or lets nobody in. Check address, user, password and database.")
        } catch let error as MigrationError {
            throw GatewayStartError("\(name): \(error)")
        } catch {
            throw GatewayStartError("\(name) cannot be opened (\(ErrorNames.code(of: error))).")
        }
    }

    static func loadPrices(_ configuration: Configuration) throws -> PriceCatalogue {
        guard let path = configuration.pricesFile else { return try PriceCatalogue.standard() }
        guard let rows = DataFile.read(path, upTo: maximumPriceBytes) else {
            throw GatewayStartError("\(Setting.prices.name): \(path) cannot be read.")
        }
        do {
            return try PriceCatalogue.standard(operatorRows: rows)
        } catch {
            throw GatewayStartError("\(Setting.prices.name): \(path): \(error)")
        }
    }

    static func egress(_ configuration: Configuration) throws -> EgressPolicy {
        EgressPolicy(
            allowing: try configuration.egressAllow.map { text in
                guard let range = CIDR(text) else {
                    throw GatewayStartError(
                        "\(Setting.egressAllow.name): \(text) is not an address range. Write `127.0.0.0/8`.")
                }
                return range
            })
    }

    static func listen(
        _ configuration: Configuration, _ tls: TLSConfiguration?, _ loops: EventLoopGroup, _ handler: LateHandler
    ) async throws -> HTTPServer {
        var server = ServerConfiguration(
            address: configuration.listen.host, port: configuration.listen.port, tls: tls)
        server.proxies = configuration.proxies
        server.limits.lockedHeapBytes = SecretArena.openSSLHeapBytes
        do {
            return try await HTTPServer.start(server, on: loops, handler: handler)
        } catch let error as TLSError {
            throw GatewayStartError("\(Setting.tlsCertificate.name): \(error)")
        } catch {
            throw GatewayStartError(
                "\(Setting.listen.name): cannot listen on \(configuration.listen.text): \(error)")
        }
    }

    static func posture(
        _ mode: SecurityPosture.Mode, tls: TLSIdentity, platform: SecurityPosture.Platform,
        rootSource: SecurityPosture.KeySource,
        found: Set<SecurityPosture.Degradation>
    ) -> SecurityPosture {
        var found = found
        let tlsKey: SecurityPosture.KeySource
        switch tls.source {
        case .none:
            tlsKey = .none
            found.insert(.plainHTTP)
        case .file:
            tlsKey = .tlsFile
            found.insert(.tlsKeyFromFile)
        case .inside: tlsKey = .bornAtStart
        }
        return SecurityPosture(
            mode: mode, platform: platform,
            keySources: [
                "rootSecret": rootSource, "sessionSigningKey": .bornAtStart, "jwtSecret": .bornAtStart,
                "signingKeyMaterial": .bornAtStart, "ledgerEncryptionKey": .derivedFromRoot,
                "conversationEncryptionKey": .derivedFromRoot, "byokVaultEncryptionKey": .walletSignature,
                SecurityPosture.tlsKeyName: tlsKey,
            ], found: found)
    }

    /// What the instance knows of itself, and with it the vault's guard opened.
    static func postureSource(
        _ configuration: Configuration, _ attestation: AttestationService, _ domains: Domains, tls: TLSIdentity,
        rootSource: SecurityPosture.KeySource, found: Set<SecurityPosture.Degradation>, log: Log
    ) -> PostureSource {
        let start = posture(
            configuration.mode, tls: tls, platform: attestation.platform, rootSource: rootSource, found: found)
        openGuard(configuration.releaseGuard, domains, attestation, start, log: log)
        return PostureSource(
            start: start, found: { attestation.degradations }, peers: { [peers = domains.peers] in peers.view },
            releaseGuard: { [release = domains.release] in release.json })
    }

    static func sayReady(
        _ log: Log, at address: String, _ posture: SecurityPosture, recovered: Int, since started: UInt64
    ) {
        log.write(
            "ready",
            [
                ("address", .id(address)), ("mode", .id(posture.mode.rawValue)),
                ("degraded", .flag(posture.isDegraded)), ("version", .id(Version.text)),
                ("recoveredCalls", .number(Int64(recovered))),
                ("startMicroseconds", .number(Int64((Monotonic.nanoseconds() - started) / 1_000))),
            ])
    }

    static func application(
        _ endpoints: [Endpoint], _ domains: Domains, _ configuration: Configuration, log: Log, metrics: Metrics
    ) -> Application {
        let door = RequestAuthentication(
            authenticator: domains.authenticator, signed: SignedRequestAuthentication(requests: domains.signedRequests))
        return Application(
            endpoints,
            Application.Environment(
                authenticate: { try await door.caller(of: $0) }, isGenuine: { door.isGenuine($0) },
                limits: configuration.rates, countExactly: exactCount(domains, configuration.rates),
                translate: ErrorNames.publicError,
                crossOrigin: CrossOrigin(origins: configuration.corsOrigins),
                log: log, metrics: metrics, random: domains.random))
    }

    /// Counts in the database what a wallet does in a group whose quota all nodes share.
    private static func exactCount(
        _ domains: Domains, _ limits: RateLimits
    ) -> @Sendable (RateGroup, WalletID) async throws -> RateDecision? {
        { group, wallet in
            guard let quota = limits[group, .wallet] else { return nil }
            let now = domains.clock.now()
            return try await domains.database.write {
                try WalletRates().take(group.rawValue, of: quota, by: wallet, at: now, in: $0)
            }
        }
    }

    /// Where the gateway listens, as a URL.
    static func address(_ configuration: Configuration, port: Int, isSecure: Bool) -> String {
        let authority = Configuration.ListenAddress(host: configuration.listen.host, port: UInt16(port)).text
        return (isSecure ? "https://" : "http://") + authority
    }
}
