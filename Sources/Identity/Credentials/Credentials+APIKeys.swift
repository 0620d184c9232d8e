import Cryptography
import Database
import Primitives

extension Credentials {
    /// How often a prefix is drawn again; two draws that meet have never been seen.
    private static let draws = 3

    /// What an owner asks for in a new key.
    public struct APIKeyRequest: Sendable {
        /// What the owner calls it, 1 to 64 characters.
        public let name: String
        /// `namespace:action` each; none of them makes a key that may do nothing.
        public let permissions: [String]
        /// The only tool server it is good for; nil for every one.
        public let server: String?
        /// ISO 8601; nil for the longest life that the owner can give.
        public let expiresAt: String?

        /// A request from what a client sends.
        public init(name: String, permissions: [String], server: String? = nil, expiresAt: String? = nil) {
            self.name = name
            self.permissions = permissions
            self.server = server
            self.expiresAt = expiresAt
        }
    }

    /// The wallet's API keys, oldest first.
    public func apiKeys(of owner: CredentialOwner) async throws -> [APIKey] {
        let now = clock.now()
        return try await database.read { [apiKeys] in try apiKeys.list(of: owner.wallet, at: now, in: $0) }
    }

    /// Makes a key. Its text is in the answer and nowhere else. Throws `APIKeyError` or `DatabaseError`.
    public func createAPIKey(_ request: APIKeyRequest, by owner: CredentialOwner) async throws -> NewAPIKey {
        let now = clock.now()
        let facts = APIKeyFacts(
            id: Identifier.make("key_", at: now, random: random), wallet: owner.wallet,
            permissions: try Credentials.permissions(request.permissions, of: owner),
            server: try Credentials.server(request.server),
            expiresAt: try Credentials.expiry(request.expiresAt, of: owner, otherwise: nil, at: now))
        guard Credentials.isName(request.name) else { throw APIKeyError.malformedName }
        let sealedName = apiKeys.secrets.seal(
            request.name, of: facts.id, wallet: facts.wallet, nonce: random.bytes(AESGCM.nonceBytes))
        let text = try await drawing { [database, apiKeys] text in
            try await database.write {
                try apiKeys.insert(facts, sealedName: sealedName, text, at: now, in: $0)
            }
        }
        return try await shown(text, facts.id, at: now)
    }

    /// Gives a key another secret, and lets the one before be good for `overlapSeconds` more: 0, or
    /// `APIKeys.minimumOverlapSeconds` to `maximumOverlapSeconds`. Whoever is no login can only rotate a key that could
    /// do no more than itself. Throws `APIKeyError` or `DatabaseError`.
    public func rotateAPIKey(
        _ id: String, overlapSeconds: Int64 = APIKeys.defaultOverlapSeconds, expiresAt: String? = nil,
        by owner: CredentialOwner
    ) async throws -> NewAPIKey {
        let now = clock.now()
        guard
            overlapSeconds == 0
                || (APIKeys.minimumOverlapSeconds...APIKeys.maximumOverlapSeconds).contains(overlapSeconds)
        else { throw APIKeyError.overlapOutOfRange }
        let known = try await database.read { [apiKeys] in try apiKeys.facts(id, of: owner.wallet, in: $0) }
        guard let known else { throw APIKeyError.unknown }
        guard owner.holds(known.permissions) else { throw APIKeyError.permissionNotHeld }
        let facts = APIKeyFacts(
            id: id, wallet: owner.wallet, permissions: known.permissions, server: known.server,
            expiresAt: try Credentials.expiry(expiresAt, of: owner, otherwise: known.expiresAt, at: now))
        let end = now.adding(seconds: overlapSeconds)
        let text = try await drawing { [database, apiKeys, sessions, authenticator, ended] text in
            let revoked = try await database.write { tx -> [RevokedCredential] in
                try tx.lock(owner.wallet)
                // Between the look and this another call may have removed it.
                guard try apiKeys.facts(id, of: owner.wallet, in: tx) != nil else { throw APIKeyError.unknown }
                let prefixes = try apiKeys.rotate(to: text, facts, previousEndsAt: end, at: now, in: tx)
                return try sessions.revoke(keys: prefixes, of: owner.wallet, at: now, in: tx)
            }
            authenticator.refuse(revoked)
            ended(.some(revoked.map(\.id)))
        }
        return try await shown(text, id, at: now)
    }

    /// Ends a key at once. Throws `APIKeyError.unknown` or `DatabaseError`.
    public func revokeAPIKey(_ id: String, by owner: CredentialOwner) async throws {
        let now = clock.now()
        let revoked = try await database.write { [apiKeys, sessions] tx -> [RevokedCredential] in
            try tx.lock(owner.wallet)
            guard let prefixes = try apiKeys.remove(id, of: owner.wallet, in: tx) else { throw APIKeyError.unknown }
            return try sessions.revoke(keys: prefixes, of: owner.wallet, at: now, in: tx)
        }
        authenticator.refuse(revoked)
        ended(.some(revoked.map(\.id)))
    }

    /// Runs `body` with a new key text, and again with another if the prefix was taken.
    private func drawing(_ body: (APIKeyText) async throws -> Void) async throws -> APIKeyText {
        var draws = Credentials.draws
        while true {
            let text = apiKeys.secrets.make(random: random)
            do {
                try await body(text)
                return text
            } catch let error as PrefixTaken {
                draws -= 1
                if draws == 0 { throw error }
            }
        }
    }

    private func shown(_ text: APIKeyText, _ id: String, at now: Timestamp) async throws -> NewAPIKey {
        let prefix = APIKeyText.credentialID(prefix: text.prefix)
        let wallet = try await database.read { [apiKeys] in
            guard let stored = try apiKeys.find(text.prefix, in: $0) else { throw APIKeyError.unknown }
            return try apiKeys.list(of: stored.facts.wallet, at: now, in: $0)
        }
        guard let key = wallet.first(where: { $0.id == id && $0.current.prefix == prefix }) else {
            throw APIKeyError.unknown
        }
        return NewAPIKey(key: key, text: text.text)
    }

    private static func permissions(
        _ texts: [String], of owner: CredentialOwner
    ) throws(APIKeyError) -> [Permission] {
        guard let permissions = Permission.list(texts) else { throw .malformedPermissions }
        guard owner.holds(permissions) else { throw .permissionNotHeld }
        return permissions
    }

    private static func server(_ text: String?) throws(APIKeyError) -> String? {
        guard let text else { return nil }
        guard WalletTokenMessage.isServer(text) else { throw .malformedServer }
        return text
    }

    /// The wished expiry, on the second. Whoever is no lasting login gives no longer life than its own.
    private static func expiry(
        _ text: String?, of owner: CredentialOwner, otherwise: Timestamp?, at now: Timestamp
    ) throws(APIKeyError) -> Timestamp {
        let longest = now.adding(seconds: APIKeys.maximumLifetimeSeconds)
        var bound = longest
        if !owner.isLasting { bound = min(bound, owner.expiresAt) }
        guard let text else { return Timestamp(unixSeconds: min(otherwise ?? bound, bound).unixSeconds) }
        guard let moment = Timestamp(iso8601: text) else { throw .malformedExpiry }
        let wished = Timestamp(unixSeconds: moment.unixSeconds)
        guard now < wished else { throw .expired }
        guard wished <= longest else { throw .lifetimeTooLong }
        guard wished <= bound else { throw .outlivesCaller }
        return wished
    }

    private static func isName(_ text: String) -> Bool {
        (1...APIKeys.maximumNameLength).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
