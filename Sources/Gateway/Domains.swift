import Agents
import Attestation
import Cryptography
import Database
import Ethereum
import EventLoops
import HTTPClient
import Identity
import Ledger
import Primitives
import Telemetry
import Vault

/// Every domain, plugged together. This is the only place where one domain meets another.
struct Domains: Sendable {
    let database: Database
    let clock: any WallClock
    let random: any RandomSource
    let keys: SessionKeys
    let wallets: Wallets
    let login: Login
    let signIn: SignIn
    let signatures: SignatureCheck
    let walletTokens: WalletTokens
    let peerTokens: PeerTokens
    let peers: PeerBook
    let authenticator: Authenticator
    let signedRequests: SignedRequests
    let apiKeys: APIKeys
    let credentials: Credentials
    let deviceTables: DeviceTables
    let devices: DevicePairing
    let workflows: WorkflowLogin
    let origin: String
    let settings: WalletSettings
    let ledger: Ledger
    let spending: LedgerSpending
    let idempotency: IdempotencyStore
    let openVaults: OpenVaults
    let release: ReleaseGuard
    let sealing: SealingKey
    let vault: WalletVault
    let catalogue: AgentCatalogue
    let conversations: ConversationService
    let chat: ChatService
    let client: HTTPClient
    /// This start of the program.
    let instance: String

    /// What the domains are built upon.
    struct Ground {
        let database: Database
        let root: RootSecret
        let prices: PriceCatalogue
        let loops: EventLoopGroup
        let egress: EgressPolicy
        let anthropicBaseURL: String
        let origin: String
        let chains: ChainSettings
        let vault: VaultSettings
        let ciphertexts: any VaultStore
        let peers: PeerBook
        /// How often a wallet may log in.
        var loginQuota: RateQuota?
        /// Of signed requests.
        let revisions: Set<SignatureRevision>
        var workflowIssuer: WorkflowLogin.Issuer?
        let clock: any WallClock
        let random: any RandomSource
        let log: Log
        let metrics: Metrics
    }

    /// Every module's tables, in the order in which they refer to one another.
    static func migrations() throws(MigrationError) -> MigrationPlan {
        try MigrationPlan(
            IdentityMigrations.all, RateMigrations.all, ProofMigrations.all, CredentialMigrations.all,
            LedgerMigrations.all, VaultMigrations.all, AgentsSchema.migrations, AttestationMigrations.all,
            NodeMigrations.all)
    }

    /// Builds everything. The session-signing key is born here.
    static func build(on ground: Ground) async throws -> Domains {
        let (clock, random, database) = (ground.clock, ground.random, ground.database)
        let tree = try KeyTree(root: ground.root)
        let instance = Identifier.make("run_", at: clock.now(), random: random)

        let keys = SessionKeys(active: ES256PrivateKey.generate())
        let wallets = try Wallets(keys: tree)
        let authority = try ChallengeAuthority(keys: tree)
        let walletTokens = WalletTokens(origin: ground.origin)
        let peerTokens = PeerTokens(keys: keys, origin: ground.origin, authorities: ground.peers)
        let client = HTTPClient(group: ground.loops, policy: ground.egress)
        let signatures = SignatureCheck(ground.chains, client: client)
        let nonces = LoginNonces(authority: authority, keys: keys, random: random)
        let sessionTokens = SessionTokens(keys: keys, origin: ground.origin)
        let sessions = LoginSessions(
            tokens: sessionTokens, wallets: wallets, database: database, quota: ground.loginQuota, random: random)
        let alarm = TamperAlarm(log: ground.log, metrics: ground.metrics)
        let apiKeys = try APIKeys(keys: tree, alarm: alarm.ring)
        let deviceTables = try DeviceTables(keys: tree, alarm: alarm.ring)
        let authenticator = try await Authenticator.start(
            database: database, wallets: wallets, sessionTokens: sessionTokens, walletTokens: walletTokens,
            peerTokens: peerTokens, apiKeys: apiKeys, nodes: try NodeKeys(keys: tree), clock: clock, random: random,
            alarm: alarm.ring)

        let signedRequests = try signedRequests(on: ground, wallets, signatures)
        let release = ReleaseGuard.closed(clock: clock)
        let openVaults = try OpenVaults(random: random, release: release)
        let repositories = try Repositories(keys: tree, alarm: alarm.ring)
        let credentials = Credentials(
            database: database, apiKeys: apiKeys, devices: deviceTables, repositories: repositories,
            authenticator: authenticator, clock: clock, random: random, ended: openVaults.close)
        let devices = DevicePairing(
            origin: ground.origin, sessionTokens: sessionTokens, authority: authority, wallets: wallets,
            tables: deviceTables, database: database, clock: clock, random: random)
        let vault = try vault(
            on: ground, keys: tree, open: openVaults,
            nonces: IdentityNonces(nonces: VaultNonces(authority: authority, random: random)),
            grants: IdentityGrants(authenticator: authenticator))

        let ledger = Ledger()
        let spending = LedgerSpending(
            ledger: ledger, prices: ground.prices, instance: instance,
            alarm: OverrunAlarm(log: ground.log, metrics: ground.metrics))
        let idempotency = IdempotencyStore()
        let workflows = WorkflowLogin(
            origin: ground.origin, issuer: ground.workflowIssuer, fetcher: HTTPKeySets(client: client),
            sessionTokens: sessionTokens, wallets: wallets, repositories: repositories, database: database,
            clock: clock, random: random)
        let catalogue = AgentCatalogue.builtIn
        let ports = ChatPorts(
            database: database, store: try ConversationStore(root: try tree.key(for: .conversations)),
            catalogue: catalogue, spending: spending,
            keys: VaultProviderKeys(vault: vault, wallets: wallets), idempotency: LedgerIdempotency(store: idempotency),
            provider: ProviderClient(http: client, baseURL: ground.anthropicBaseURL), loops: ground.loops,
            clock: clock, random: random, watch: TurnWatch(log: ground.log, metrics: ground.metrics))
        return Domains(
            database: database, clock: clock, random: random, keys: keys, wallets: wallets,
            login: Login(
                origin: ground.origin, nonces: nonces, signatures: signatures, sessions: sessions, clock: clock),
            signIn: SignIn(
                origin: ground.origin, nonces: nonces, signatures: signatures, sessions: sessions, clock: clock),
            signatures: signatures, walletTokens: walletTokens,
            peerTokens: peerTokens, peers: ground.peers, authenticator: authenticator,
            signedRequests: signedRequests, apiKeys: apiKeys, credentials: credentials, deviceTables: deviceTables,
            devices: devices, workflows: workflows, origin: ground.origin,
            settings: try WalletSettings(keys: tree), ledger: ledger,
            spending: spending, idempotency: idempotency, openVaults: openVaults, release: release,
            sealing: try SealingKey(), vault: vault, catalogue: catalogue,
            conversations: ConversationService(ports), chat: ChatService(ports), client: client, instance: instance)
    }
}
