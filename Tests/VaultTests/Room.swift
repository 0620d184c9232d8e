import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Synchronization
import Testing

@testable import Vault

/// A vault on a database of its own, with a clock that the test moves.
struct Room {
    static let origin = "https://gateway.example"
    static let start = Timestamp(unixSeconds: 1_763_640_000)

    let folder: TemporaryFolder
    let database: Database
    let clock: ManualClock
    let grants: EndedGrants
    let open: OpenVaults
    let vault: WalletVault

    /// A vault on `folder`'s database. With the folder of an earlier one it is that one, restarted.
    static func open(
        in folder: TemporaryFolder? = nil, clock: ManualClock = ManualClock(start), origin: String = Room.origin,
        allowsUnsigned: Bool = false, store: any VaultStore = RowVaultStore(), isForgeable: Bool = false,
        release: ReleaseGuard? = nil
    ) throws -> Room {
        let folder = try folder ?? TemporaryFolder()
        let database = try Database(
            TestPlace.location(of: folder.file("vault.db")),
            migrations: MigrationPlan(VaultMigrations.all, StoredNonces.migrations, isForgeable ? forgery : []))
        let open =
            if let release { try OpenVaults(random: SystemRandom(), release: release) } else {
                try OpenVaults(random: SystemRandom())
            }
        let grants = EndedGrants()
        return Room(
            folder: folder, database: database, clock: clock, grants: grants, open: open,
            vault: WalletVault(
                WalletVault.Policy(origin: origin, chainID: 8_453, allowsUnsigned: allowsUnsigned),
                keys: try WalletVault.Keys(
                    index: indexKey(), audit: auditKey(),
                    unsigned: Secret(copying: [UInt8](repeating: 11, count: 32))),
                nonces: StoredNonces(), grants: grants, open: open, store: store, database: database, clock: clock,
                random: SystemRandom()))
    }

    /// Takes away what refuses to alter the log: somebody with the file can.
    private static let forgery = [
        Migration(
            module: "forgery", number: 1, name: "no triggers",
            sql: "drop trigger vault_log_refuses_update; drop trigger vault_log_refuses_delete;")
    ]

    static func auditKey() throws -> Secret {
        try Secret(copying: [UInt8](repeating: 10, count: 32))
    }

    static func indexKey() throws -> Secret {
        try Secret(copying: [UInt8](repeating: 9, count: 32))
    }

    func close() async {
        await database.close()
        withExtendedLifetime(folder) {}
    }

    /// The text to sign and a nonce.
    func challenge(
        for caller: VaultCaller, _ purpose: VaultPurpose = .providers
    ) async throws -> (message: String, nonce: String) {
        let challenge = try await vault.challenge(purpose, for: caller)
        return (challenge.request.message, challenge.nonce)
    }

    /// Saves `key` as a client does: challenge, signature, request.
    @discardableResult
    func store(
        _ key: String, by person: Person, _ provider: ProviderSlug = .anthropic, kind: VaultTextKind = .personal
    ) async throws -> ProviderStatus {
        let (request, nonce) = try await vault.challenge(.providers, for: person.caller)
        return try await vault.store(
            provider, key: Secret(copying: Array(key.utf8)), signature: person.signature(request, kind), nonce: nonce,
            for: person.caller)
    }

    func unlock(
        by person: Person, providers: [String]? = nil, kind: VaultTextKind = .personal
    ) async throws -> UnlockOutcome {
        let (request, nonce) = try await vault.challenge(.providers, for: person.caller)
        return try await vault.unlock(
            signature: person.signature(request, kind), nonce: nonce, providers: providers, for: person.caller)
    }

    /// Runs a statement as somebody with the file could.
    func run(_ statement: String) async throws {
        try await database.write { _ = try $0.execute(statement) }
    }

    /// What the log of the first wallet says, action by action.
    func actions() async throws -> [String] {
        try await database.read { tx in
            try tx.rows("select action from vault_log where wallet_id = 1 order by sequence") { try $0.text(0) }
        }
    }

    func status(of person: Person, _ provider: ProviderSlug = .anthropic) async throws -> ProviderStatus {
        let status = try await fullStatus(of: person, provider)
        return ProviderStatus(configured: status.configured, unlocked: status.unlocked)
    }

    func fullStatus(of person: Person, _ provider: ProviderSlug = .anthropic) async throws -> SecretStatus {
        try await database.read { try vault.status(SecretName(provider), for: person.caller, in: $0) }
    }

    /// The saved key as a chat would get it.
    func key(of person: Person, _ provider: ProviderSlug = .anthropic) async throws -> String {
        let now = clock.now()
        let secret = try await database.write {
            try vault.use(
                SecretName(provider), of: person.caller.wallet, grant: person.caller.grant, at: now, in: $0
            ) { _ in person.caller.address }
        }
        return secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    func count(_ table: String) async throws -> Int64? {
        try await database.read { try $0.first("select count(*) from \(table)") { try $0.integer(0) } }
    }
}

/// A wallet that has logged in.
struct Person: Sendable {
    let key: WalletKey
    let caller: VaultCaller

    /// The wallet whose private key is `number`, in a session. Public, so never to be funded.
    init(_ number: UInt8 = 1, grant: String? = nil, until end: Timestamp = Room.start.adding(seconds: 86_400)) throws {
        key = try #require(WalletKey(try Secret(copying: [UInt8](repeating: 0, count: 31) + [number])))
        caller = VaultCaller(
            wallet: WalletID(Int64(number)), address: key.address, grant: grant ?? "session-\(number)",
            grantExpiresAt: end)
    }

    func signature(_ text: String) -> String {
        key.sign(personalMessage: Array(text.utf8)).hex
    }

    func signature(_ request: SigningRequest, _ kind: VaultTextKind) throws -> String {
        switch kind {
        case .personal: signature(request.message)
        case .typed: key.sign(typedData: try TypedData(json: request.typedData)).hex
        }
    }
}

/// Nonces as the vault wants them, kept simple: `<wallet>:<expiry in seconds>:<random>`, used once by a unique row.
struct StoredNonces: NonceAuthority {
    static let migrations = [
        Migration(
            module: "nonces", number: 1, name: "used",
            sql: "create table spent (nonce {text} not null primary key) {strict};")
    ]

    func issue(for wallet: WalletID, at now: Timestamp) -> String {
        "\(wallet.rawValue):\(now.unixSeconds + 300):\(Hex.encode(SystemRandom().bytes(8)))"
    }

    func isGenuine(_ nonce: String, for wallet: WalletID, at now: Timestamp) -> Bool {
        let parts = nonce.split(separator: ":")
        guard parts.count == 3, parts[0] == "\(wallet.rawValue)", let expiry = Int64(parts[1]) else { return false }
        return now.unixSeconds < expiry
    }

    func consume(
        _ nonce: String, for wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Bool {
        guard isGenuine(nonce, for: wallet, at: now) else { return false }
        return try tx.execute(
            "insert into spent (nonce) values ($1) on conflict (nonce) do nothing", [.text(nonce)]) == 1
    }
}

/// Grants that the test has ended.
final class EndedGrants: GrantAuthority {
    private let ended = Mutex<Set<String>>([])

    func end(_ grant: String) {
        ended.withLock { _ = $0.insert(grant) }
    }

    func hasEnded(_ caller: VaultCaller) -> Bool {
        ended.withLock { $0.contains(caller.grant) }
    }
}

/// The VaultError that `body` throws, nil if it throws none.
func vaultError(_ body: () async throws -> some Any) async throws -> VaultError? {
    do {
        _ = try await body()
        return nil
    } catch let error as VaultError {
        return error
    }
}

/// The ProviderKeyError that `body` throws, nil if it throws none.
func keyError(_ body: () async throws -> some Any) async throws -> ProviderKeyError? {
    do {
        _ = try await body()
        return nil
    } catch let error as ProviderKeyError {
        return error
    }
}
