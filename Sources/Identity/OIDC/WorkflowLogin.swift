import Cryptography
public import Database
public import Ethereum
public import Primitives

/// Logging a GitHub workflow in: its OIDC token for a short session of the wallet that has registered the repository.
///
/// Anybody may register any repository: that lets the repository's runs act for the registrar's wallet, never the other
/// way round. So a run of a repository that several wallets have registered names the wallet that it means.
public struct WorkflowLogin: Sendable {
    /// How long such a session lasts: a long job.
    public static let lifetimeSeconds: Int64 = 3_600
    /// The longest that an issuer's token may be good from now.
    private static let maximumTokenSeconds: Int64 = 3_600
    private static let recordRandomBytes = 16
    /// Registrations of one repository that are looked at when the request names no wallet.
    private static let registrationsToTellApart = 2
    /// Registrations, oldest first, among which a contract's wallet is looked for.
    private static let registrationsToSearch = 64
    private static let usedDomain = Array("sealgate/oidc-token/v1".utf8)

    /// Whose tokens are taken.
    public struct Issuer: Sendable {
        /// `iss`, exact.
        public let name: String
        /// Where its keys are.
        public let keySetURL: String

        /// An issuer.
        public init(name: String, keySetURL: String) {
            self.name = name
            self.keySetURL = keySetURL
        }
    }

    private let issuer: String?
    private let issuerKeys: IssuerKeys?
    private let verifier: RS256TokenVerifier
    private let sessionTokens: SessionTokens
    private let wallets: Wallets
    let repositories: Repositories
    let database: Database
    let clock: any WallClock
    let random: any RandomSource
    private let sessions = Sessions()

    /// Exchange at the gateway at `origin`, which is the audience of the tokens. Without an issuer it is off.
    public init(
        origin: String, issuer: Issuer?, fetcher: any KeySetFetcher, sessionTokens: SessionTokens, wallets: Wallets,
        repositories: Repositories, database: Database, clock: any WallClock, random: any RandomSource
    ) {
        self.issuer = issuer?.name
        issuerKeys = issuer.map { IssuerKeys(url: $0.keySetURL, fetcher: fetcher, clock: clock) }
        verifier = RS256TokenVerifier(issuer: issuer?.name ?? "", audience: origin)
        self.sessionTokens = sessionTokens
        self.wallets = wallets
        self.repositories = repositories
        self.database = database
        self.clock = clock
        self.random = random
    }

    /// Whether tokens are taken at all.
    public var isOn: Bool { issuer != nil }

    /// A workflow's session.
    public struct Grant: Sendable {
        /// The session's JWT.
        public let token: String
        /// For whom the workflow acts.
        public let wallet: Address
        /// What the session may do.
        public let permissions: [Permission]
        /// The first moment at which the token is refused.
        public let expiresAt: Timestamp
    }

    /// What a checked token says of the run.
    private struct Run: Sendable {
        let name: String
        let number: String
        let ref: String?
        let useID: [UInt8]
        let expiresAt: Timestamp
    }

    /// A session for the run that `token` speaks of, once. `repository` must be the token's own; `wallet` says which
    /// one is meant where several have registered it. Throws `WorkflowError` or `DatabaseError`.
    public func exchange(token: String, repository: String, wallet: String?) async throws -> Grant {
        let now = clock.now()
        let address = try wallet.map { text throws(WorkflowError) in
            guard let address = Address(text) else { throw .malformedAddress }
            return address
        }
        let run = try await run(of: token, at: now)
        guard Repository.normalised(repository) == run.name else { throw WorkflowError.repositoryMismatch }
        let id = Identifier.make(CredentialKind.workflow.rawValue, at: now, random: random)
        let salt = random.bytes(WorkflowLogin.recordRandomBytes)
        let (session, permissions, owner) = try await database.write { [self] tx in
            // Whoever removes a registration holds the wallet's lock: what was found before we have it may be gone.
            try tx.lock(try registration(for: run, of: address, in: tx).repository.wallet)
            let stored = try registration(for: run, of: address, in: tx)
            guard try UsedNonces().use(run.useID, until: run.expiresAt, in: tx) else { throw WorkflowError.used }
            try pin(stored, to: run, random: salt, in: tx)
            let repository = stored.repository
            guard let owner = try wallets.account(of: repository.wallet, in: tx) else {
                throw WorkflowError.notRegistered
            }
            let session = try sessions.begin(
                id: id, of: repository.wallet, at: now, until: now.adding(seconds: WorkflowLogin.lifetimeSeconds),
                parent: repository.id, in: tx)
            return (session, repository.permissions, owner)
        }
        return Grant(
            token: sessionTokens.token(for: session, of: owner, permissions: permissions), wallet: owner.address,
            permissions: permissions, expiresAt: session.expiresAt)
    }

    private func registration(
        for run: Run, of address: Address?, in tx: borrowing WriteTransaction
    ) throws -> Repositories.Stored {
        let found = try registrations(of: run.name, by: address, in: tx)
        guard found.count <= 1 else { throw WorkflowError.ambiguous }
        guard let stored = found.first, stored.repository.allows(run.ref) else {
            throw WorkflowError.notRegistered
        }
        return stored
    }

    /// A contract's wallet has the address as well, but is not found by it without its chain.
    private func registrations(
        of name: String, by address: Address?, in tx: borrowing WriteTransaction
    ) throws -> [Repositories.Stored] {
        guard let address else {
            return try repositories.find(name, limit: WorkflowLogin.registrationsToTellApart, in: tx)
        }
        if let wallet = try wallets.find(address, in: tx), let own = try repositories.find(name, of: wallet, in: tx) {
            return [own]
        }
        return try repositories.find(name, limit: WorkflowLogin.registrationsToSearch, in: tx).filter {
            try wallets.account(of: $0.repository.wallet, in: tx)?.address == address
        }
    }

    /// The first run's number stays: a name can be given up and taken by others, a number cannot.
    private func pin(
        _ stored: Repositories.Stored, to run: Run, random: [UInt8], in tx: borrowing WriteTransaction
    ) throws {
        guard let number = stored.repository.number else {
            var pinned = stored
            pinned.repository.number = run.number
            guard try repositories.update(pinned, random: random, in: tx) else { throw WorkflowError.notRegistered }
            return
        }
        guard number == run.number else { throw WorkflowError.repositoryChanged }
    }

    private func run(of token: String, at now: Timestamp) async throws(WorkflowError) -> Run {
        guard let issuer, let issuerKeys else { throw .off }
        let kid = try WorkflowLogin.translating { () throws(TokenError) in try verifier.keyID(of: token) }
        guard let keys = await issuerKeys.keys(knowing: kid) else { throw .keysUnavailable }
        let claims = try WorkflowLogin.translating { () throws(TokenError) in
            try verifier.claims(of: token, keys: keys, at: now)
        }
        let latest = now.adding(seconds: WorkflowLogin.maximumTokenSeconds)
        guard let name = claims["repository"]?.string.flatMap(Repository.normalised),
            let number = claims["repository_id"]?.string, Repository.isNumber(number),
            let id = claims["jti"]?.string, (1...200).contains(id.utf8.count), let expiry = claims["exp"]?.integer,
            expiry <= latest.unixSeconds
        else { throw .malformed }
        let useID = SHA256.hash(WorkflowLogin.usedDomain, Array("\(issuer.utf8.count):\(issuer)\(id)".utf8))
        return Run(
            name: name, number: number, ref: claims["ref"]?.string, useID: useID,
            expiresAt: Timestamp(unixSeconds: expiry).adding(seconds: TokenVerifier.defaultClockSkewSeconds))
    }

    private static func translating<R>(_ body: () throws(TokenError) -> R) throws(WorkflowError) -> R {
        do throws(TokenError) {
            return try body()
        } catch {
            switch error {
            case .expired: throw .expired
            case .badSignature, .unknownKey: throw .signatureInvalid
            default: throw .malformed
            }
        }
    }
}
