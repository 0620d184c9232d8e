import Database
import Primitives

extension Credentials {
    private static let recordRandomBytes = 16

    /// What an owner registers.
    public struct RepositoryRequest: Sendable {
        /// `owner/name`.
        public let name: String
        /// GitHub's number of it; nil pins the one that the first run shows.
        public let number: String?
        /// The only ref whose runs may act; nil for every one.
        public let ref: String?
        /// What runs may do, at least one `namespace:action`.
        public let permissions: [String]

        /// A request from what a client sends.
        public init(name: String, number: String?, ref: String?, permissions: [String]) {
            self.name = name
            self.number = number
            self.ref = ref
            self.permissions = permissions
        }
    }

    /// The wallet's repositories, oldest first.
    public func repositories(of owner: CredentialOwner) async throws -> [Repository] {
        try await database.read { [repositories] in try repositories.list(of: owner.wallet, in: $0) }
    }

    /// Lets a repository's runs act for the wallet; what was registered under the name before is replaced, and its
    /// sessions end. Only a login may in which no contract had a say, because a registration has no end. Throws
    /// `WorkflowError` or `DatabaseError`.
    public func register(_ request: RepositoryRequest, by owner: CredentialOwner) async throws -> Repository {
        guard owner.isLasting else { throw WorkflowError.loginRequired }
        guard let name = Repository.normalised(request.name), request.number.map(Repository.isNumber) ?? true,
            request.ref.map(Repository.isRef) ?? true
        else { throw WorkflowError.malformedRepository }
        // An empty list in a session's token would read as everything to clients.
        guard let permissions = Permission.list(request.permissions), !permissions.isEmpty,
            permissions.allSatisfy(owner.allows)
        else { throw WorkflowError.malformedPermissions }
        let now = clock.now()
        let repository = Repository(
            id: Identifier.make(Repository.idPrefix, at: now, random: random), wallet: owner.wallet, name: name,
            number: request.number, ref: request.ref, permissions: permissions, createdAt: now)
        let salt = random.bytes(Credentials.recordRandomBytes)
        let revoked = try await database.write { [repositories, sessions] tx -> [RevokedCredential] in
            guard let replaced = try repositories.insert(repository, random: salt, in: tx) else { return [] }
            return try sessions.revokeAll(below: replaced, at: now, in: tx)
        }
        authenticator.refuse(revoked)
        ended(.some(revoked.map(\.id)))
        return repository
    }

    /// Ends a registration and the sessions that came of it. Throws `WorkflowError.unknownRepository` or
    /// `DatabaseError`.
    public func removeRepository(_ id: String, by owner: CredentialOwner) async throws {
        let now = clock.now()
        let revoked = try await database.write { [repositories, sessions] tx -> [RevokedCredential] in
            // Whoever is beginning a session of it is done, or sees that it is gone.
            try tx.lock(owner.wallet)
            guard try repositories.remove(id, of: owner.wallet, in: tx) else { throw WorkflowError.unknownRepository }
            return try sessions.revokeAll(below: id, at: now, in: tx)
        }
        authenticator.refuse(revoked)
        ended(.some(revoked.map(\.id)))
    }
}
