import Database
import Primitives

extension Credentials {
    /// Sessions that a list shows; a wallet with more of them sees the newest.
    public static let listedSessions = 100

    /// The wallet has no such session, or it has ended.
    public struct UnknownSession: Error, Hashable, Sendable {}

    /// What else ends with the sessions.
    public struct RevocationScope: Hashable, Sendable {
        /// Leave the session that asks alone.
        public var keepsCurrent = false
        /// Leave wallet tokens alone. Otherwise the wallet gets a mark, and a new one works only if it expires more
        /// than a year after this: their text has no date of issue, so old and new cannot be told apart.
        public var keepsWalletTokens = false
        /// End the API keys as well.
        public var endsAPIKeys = false

        /// Sessions, devices and wallet tokens.
        public init() {}
    }

    /// What a revocation of everything has ended.
    public struct RevokedCounts: Hashable, Sendable {
        /// Sessions, those of devices and workflows among them.
        public let sessions: Int
        /// API keys.
        public let apiKeys: Int
        /// Devices.
        public let devices: Int
        /// Repositories whose workflows could act.
        public let repositories: Int
    }

    /// The wallet's sessions, newest first, and whether there are more than are listed. Wallet tokens are not among
    /// them: nobody knows them before they are used.
    public func sessions(of owner: CredentialOwner) async throws -> (sessions: [LiveSession], hasMore: Bool) {
        let now = clock.now()
        let found = try await database.read { [sessions] in
            try sessions.live(of: owner.wallet, at: now, limit: Credentials.listedSessions + 1, in: $0)
        }
        return (Array(found.prefix(Credentials.listedSessions)), found.count > Credentials.listedSessions)
    }

    /// Ends one session of the wallet. Throws `UnknownSession` or `DatabaseError`.
    public func revokeSession(_ id: String, by owner: CredentialOwner) async throws {
        let now = clock.now()
        let revoked = try await database.write { [sessions] tx -> RevokedCredential in
            guard let row = try sessions.find(id, in: tx), row.wallet == owner.wallet, row.revokedAt == nil,
                now < row.expiresAt
            else { throw UnknownSession() }
            let credential = RevokedCredential(id: row.id, wallet: row.wallet, expiresAt: row.expiresAt)
            try sessions.revoke(credential, at: now, in: tx)
            return credential
        }
        authenticator.refuse([revoked])
        ended(.some([revoked.id]))
    }

    /// Ends every session of the wallet, and what else `scope` says, in one commit.
    public func revokeAll(_ scope: RevocationScope, by owner: CredentialOwner) async throws -> RevokedCounts {
        let now = clock.now()
        let outcome = try await database.write { [self] tx in try revokeAll(scope, by: owner, at: now, in: tx) }
        authenticator.refuse(outcome.revoked)
        if let mark = outcome.mark { authenticator.refuse(walletTokensOf: owner.wallet, upTo: mark) }
        ended(.all(of: owner.wallet))
        return outcome.counts
    }

    private struct Outcome: Sendable {
        let revoked: [RevokedCredential]
        let mark: Timestamp?
        let counts: RevokedCounts
    }

    private func revokeAll(
        _ scope: RevocationScope, by owner: CredentialOwner, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Outcome {
        try tx.lock(owner.wallet)
        let ended = try sessions.revokeAll(
            of: owner.wallet, but: scope.keepsCurrent ? owner.sessionID : nil, at: now, in: tx)
        var revoked = ended
        var keys = 0
        if scope.endsAPIKeys {
            for id in try apiKeys.ids(of: owner.wallet, in: tx) {
                let prefixes = try apiKeys.remove(id, of: owner.wallet, in: tx) ?? []
                revoked += try sessions.revoke(keys: prefixes, of: owner.wallet, at: now, in: tx)
                keys += 1
            }
        }
        let paired = try devices.removeAll(of: owner.wallet, in: tx)
        let registered = try repositories.removeAll(of: owner.wallet, in: tx)
        let mark = scope.keepsWalletTokens ? nil : try WalletTokenMarks().mark(owner.wallet, at: now, in: tx)
        return Outcome(
            revoked: revoked, mark: mark,
            counts: RevokedCounts(
                sessions: ended.count, apiKeys: keys, devices: paired, repositories: registered))
    }
}
