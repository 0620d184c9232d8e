import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

/// Everything of Identity on a database of its own, with a clock that the test moves.
struct Gate {
    static let origin = "https://gateway.example"
    static let start = Timestamp(unixSeconds: 1_763_640_000)

    let folder: TemporaryFolder
    let database: Database
    let clock: ManualClock
    let tree: KeyTree
    let wallets: Wallets
    let authority: ChallengeAuthority
    let sessionKey: ES256PrivateKey
    let keys: SessionKeys
    let login: Login
    let signIn: SignIn
    let walletTokens: WalletTokens
    let peerTokens: PeerTokens
    let apiKeys: APIKeys
    let devices: DevicePairing
    let repositories: Repositories
    let authenticator: Authenticator

    /// A gate on `folder`'s database. With the folder and root of an earlier one it is that one, restarted.
    static func open(
        in folder: TemporaryFolder? = nil, root: UInt8 = 7, clock: ManualClock = ManualClock(start),
        origin: String = Gate.origin, sessionKey: ES256PrivateKey = .generate(),
        peers: any PeerAuthorities = NoPeers(), quota: RateQuota? = nil, isNode: Bool = false,
        signatures: SignatureCheck = SignatureCheck(chains: [ServedChain(id: 8_453)]),
        alarm: @escaping @Sendable (Authenticator.Tampering) -> Void = { _ in }
    ) async throws -> Gate {
        let folder = try folder ?? TemporaryFolder()
        let database = try Database(
            TestPlace.location(of: folder.file("gate.db")),
            migrations: MigrationPlan(
                IdentityMigrations.all, RateMigrations.all, ProofMigrations.all, CredentialMigrations.all,
                NodeMigrations.all))
        let tree = try tree(root)
        let wallets = try Wallets(keys: tree)
        let authority = try ChallengeAuthority(keys: tree)
        let keys = SessionKeys(active: sessionKey)
        let walletTokens = WalletTokens(origin: origin)
        let peerTokens = PeerTokens(keys: keys, origin: origin, authorities: peers)
        let nonces = LoginNonces(authority: authority, keys: keys, random: SystemRandom())
        let sessions = LoginSessions(
            tokens: SessionTokens(keys: keys, origin: origin), wallets: wallets, database: database,
            quota: quota, random: SystemRandom())
        let apiKeys = try APIKeys(keys: tree, alarm: alarm)
        let devices = DevicePairing(
            origin: origin, sessionTokens: SessionTokens(keys: keys, origin: origin), authority: authority,
            wallets: wallets, tables: try DeviceTables(keys: tree, alarm: alarm), database: database, clock: clock,
            random: SystemRandom())
        return Gate(
            folder: folder, database: database, clock: clock, tree: tree, wallets: wallets, authority: authority,
            sessionKey: sessionKey, keys: keys,
            login: Login(
                origin: origin, nonces: nonces, signatures: signatures, sessions: sessions, clock: clock),
            signIn: SignIn(
                origin: origin, nonces: nonces, signatures: signatures, sessions: sessions, clock: clock),
            walletTokens: walletTokens, peerTokens: peerTokens, apiKeys: apiKeys, devices: devices,
            repositories: try Repositories(keys: tree, alarm: alarm),
            authenticator: try await Authenticator.start(
                database: database, wallets: wallets, sessionTokens: SessionTokens(keys: keys, origin: origin),
                walletTokens: walletTokens, peerTokens: peerTokens, apiKeys: apiKeys,
                nodes: isNode ? NodeKeys(keys: tree) : nil, clock: clock, random: SystemRandom(), alarm: alarm))
    }

    static func tree(_ byte: UInt8) throws -> KeyTree {
        let root = try #require(RootSecret(try Secret(copying: [UInt8](repeating: byte, count: 32))))
        return try KeyTree(root: root)
    }

    func close() async {
        await database.close()
        withExtendedLifetime(folder) {}
    }

    /// A whole login of `wallet`.
    func logIn(_ wallet: WalletKey) async throws -> LoginGrant {
        let challenge = try login.challenge()
        return try await login.verify(
            walletAddress: wallet.address.checksummed, signature: wallet.signature(challenge.message),
            nonce: challenge.nonce)
    }

    func count(_ table: String) async throws -> Int64? {
        try await database.read { try $0.first("select count(*) from \(table)") { try $0.integer(0) } }
    }
}

extension WalletKey {
    /// The signature over a text as clients send it.
    func signature(_ text: String) -> String {
        sign(personalMessage: Array(text.utf8)).hex
    }
}

/// The LoginError that `body` throws, nil if it throws none.
func loginError(_ body: () async throws -> some Any) async throws -> LoginError? {
    do {
        _ = try await body()
        return nil
    } catch let error as LoginError {
        return error
    }
}

/// The AuthenticationError of a token, nil if it is accepted.
func refusal(_ gate: Gate, _ token: String) async -> AuthenticationError? {
    do throws(AuthenticationError) {
        _ = try await gate.authenticator.authenticate(bearer: token)
        return nil
    } catch {
        return error
    }
}
