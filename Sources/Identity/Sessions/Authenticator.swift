import Cryptography
public import Database
import Ethereum
public import Primitives

/// Answers who a bearer token belongs to. A token is verified once and remembered by its digest; whether its session
/// was revoked is asked every time. Where something cannot be asked, nobody is let in.
public final class Authenticator: Sendable {
    let database: Database
    let wallets: Wallets
    let sessionTokens: SessionTokens
    let walletTokens: WalletTokens
    let peerTokens: PeerTokens
    let apiKeys: APIKeys
    let clock: any WallClock
    private let random: any RandomSource
    private let alarm: @Sendable (Tampering) -> Void
    private let revoked: RevokedSessions
    let verified: VerifiedTokens
    let uses = UseMarks()
    private let sessions = Sessions()

    /// Present where other nodes work on the same database; drive it, or nobody is let in.
    public let watch: SessionWatch?

    /// What only somebody who writes to the database can cause.
    public enum Tampering: String, Sendable {
        /// A session's row names another wallet than its token, or a wallet's row has another number than we gave it.
        case walletMismatch = "wallet_mismatch"
        /// The code of an API key's row is not that of what the row says.
        case apiKeyMismatch = "api_key_mismatch"
        /// The row of a device or of a pairing does not open.
        case deviceMismatch = "device_mismatch"
        /// The row of a repository does not open.
        case repositoryMismatch = "repository_mismatch"
    }

    /// An authenticator that knows every revocation so far. Throws `DatabaseError`: without the list it must not start.
    /// `nodes` is what other nodes on the same database are known by; unused on SQLite, where there are none. `alarm`
    /// hears of tampering, for each request that meets it.
    public static func start(
        database: Database, wallets: Wallets, sessionTokens: SessionTokens, walletTokens: WalletTokens,
        peerTokens: PeerTokens, apiKeys: APIKeys, nodes: NodeKeys? = nil, clock: any WallClock,
        random: any RandomSource, alarm: @escaping @Sendable (Tampering) -> Void = { _ in }
    ) async throws -> Authenticator {
        let now = clock.now()
        let revoked = RevokedSessions()
        let isShared = database.engine == .postgresql
        let (rows, mark) = try await database.scan { tx in
            (try RevocationRows(at: now, in: tx), isShared ? try ChangeFeed().mark(in: tx) : nil)
        }
        revoked.insert(rows)
        var watch: SessionWatch?
        if let mark, let nodes {
            watch = SessionWatch(
                database: database, revoked: revoked, keys: sessionTokens.keys, nodes: nodes, clock: clock, from: mark)
        }
        return Authenticator(
            database: database, wallets: wallets, sessionTokens: sessionTokens, walletTokens: walletTokens,
            peerTokens: peerTokens, apiKeys: apiKeys, clock: clock, random: random, alarm: alarm, revoked: revoked,
            verified: VerifiedTokens(), watch: watch)
    }

    init(
        database: Database, wallets: Wallets, sessionTokens: SessionTokens, walletTokens: WalletTokens,
        peerTokens: PeerTokens, apiKeys: APIKeys, clock: any WallClock, random: any RandomSource,
        alarm: @escaping @Sendable (Tampering) -> Void, revoked: RevokedSessions, verified: VerifiedTokens,
        watch: SessionWatch? = nil
    ) {
        self.database = database
        self.wallets = wallets
        self.sessionTokens = sessionTokens
        self.walletTokens = walletTokens
        self.peerTokens = peerTokens
        self.apiKeys = apiKeys
        self.clock = clock
        self.random = random
        self.alarm = alarm
        self.revoked = revoked
        self.verified = verified
        self.watch = watch
    }

    /// The principal of a session JWT, an API key (`sgk_`), a wallet token (`mcpwt_`) or a peer's JWT, without the word
    /// `Bearer`. Cost: a SHA-256 for a token that was seen before; else a P-256 verification, for a wallet token a
    /// recovery, for an API key two HMACs, and one lookup. A peer's token is verified each time, because what is
    /// thought of the peer may have changed.
    public func authenticate(
        bearer token: String
    ) async throws(AuthenticationError) -> Principal {
        let principal = try await principal(of: token, at: clock.now())
        guard principal.proofKey == nil else { throw .proofRequired }
        return principal
    }

    /// Whose the token is, bound to a key or not: whoever asks has to ask for the key's proof as well.
    func principal(of token: String, at now: Timestamp) async throws(AuthenticationError) -> Principal {
        guard token.utf8.count <= TokenVerifier.maximumBytes else { throw .malformed }
        guard watch?.isCurrent ?? true else { throw .unavailable }
        let digest = TokenDigest(of: token)
        if let principal = verified.principal(for: digest, at: now) {
            guard !revoked.contains(principal) else { throw .revoked }
            uses.note(principal, at: now)
            return principal
        }
        if APIKeyText.isAPIKey(token) { return try await verifyAPIKey(token, digest, at: now) }
        if PeerTokens.isPeerToken(token) { return try await verifyPeerToken(token, at: now) }
        let principal =
            WalletTokens.isWalletToken(token)
            ? try await verifyWalletToken(token, at: now) : try await verifySessionToken(token, at: now)
        return try remember(principal, for: digest, until: principal.expiresAt, at: now)
    }

    /// The last look at the list of revocations, and the first note of a use.
    func remember(
        _ principal: Principal, for digest: TokenDigest, until end: Timestamp, at now: Timestamp
    ) throws(AuthenticationError) -> Principal {
        guard !revoked.contains(principal) else { throw .revoked }
        verified.insert(principal, for: digest, until: end)
        uses.note(principal, at: now)
        return principal
    }

    /// Ends the principal's session: on disk first, then in memory. Once this returns the token is refused, here at
    /// once and after any restart.
    ///
    /// An API key is removed by it, whichever of its secrets came. A wallet that revokes more than
    /// `WalletTokenMarks.maximumRevocations` wallet tokens revokes all that it has: the answer says which.
    @discardableResult
    public func logout(_ principal: Principal) async throws -> Revocation {
        let now = clock.now()
        if principal.kind == .apiKey { return try await end(apiKey: principal, at: now) }
        let revocation = try await database.write { [sessions] in try sessions.revoke(principal, at: now, in: $0) }
        revoked.insert(principal, revocation)
        return revocation
    }

    /// Refuses credentials whose end was committed: in memory, from now on.
    func refuse(_ credentials: [RevokedCredential]) {
        revoked.insert(credentials)
    }

    /// Refuses the wallet tokens of a wallet whose mark was committed.
    func refuse(walletTokensOf wallet: WalletID, upTo mark: Timestamp) {
        revoked.insert(mark: mark, of: wallet)
    }

    /// Whether the principal's session was logged out meanwhile. Memory only, no query.
    public func isRevoked(_ principal: Principal) -> Bool {
        revoked.contains(principal)
    }

    /// Frees the memory of revocations whose tokens have expired.
    public func forgetExpired(at now: Timestamp) {
        revoked.purge(before: now)
    }

    private func verifySessionToken(
        _ token: String, at now: Timestamp
    ) async throws(AuthenticationError) -> Principal {
        let claims: SessionTokens.Claims
        do throws(TokenError) { claims = try sessionTokens.claims(of: token, at: now) } catch { throw .init(error) }
        let (row, wallet) = try await looking { [sessions, wallets] tx in
            (
                try sessions.find(claims.sessionID, in: tx),
                try wallets.find(claims.address, holder: claims.holder, in: tx)
            )
        }
        guard let row, row.revokedAt == nil else { throw .revoked }
        // The token names the address, the row the wallet: our own token is the one to be believed.
        guard row.wallet == wallet else { throw tampered() }
        guard now < row.expiresAt else { throw .expired }
        let isWhole = CredentialKind(id: row.id) == .login && claims.permissions == nil
        var principal = Principal(
            walletID: row.wallet, address: claims.address, sessionID: row.id, expiresAt: row.expiresAt,
            rights: isWhole ? .everything : .only(claims.permissions ?? []))
        principal.proofKey = claims.proofKey
        return principal
    }

    private func verifyWalletToken(
        _ token: String, at now: Timestamp
    ) async throws(AuthenticationError) -> Principal {
        let verified: VerifiedWalletToken
        do throws(WalletTokenError) {
            verified = try walletTokens.verify(token, at: now)
        } catch {
            throw .init(error)
        }
        let (wallet, isRevoked) = try await looking { [wallets, sessions] tx in
            let wallet = try wallets.find(verified.message.wallet, in: tx)
            let mark = try wallet.flatMap { try WalletTokenMarks().find($0, in: tx) }
            let row = try sessions.find(verified.sessionID, in: tx)
            return (wallet, row?.revokedAt != nil || mark.map { verified.message.expiresAt <= $0 } ?? false)
        }
        guard !isRevoked else { throw .revoked }
        let walletID: WalletID
        if let wallet { walletID = wallet } else { walletID = try await welcome(verified.message.wallet, at: now) }
        return verified.principal(walletID)
    }

    /// A peer's token has no row until it is logged out.
    private func verifyPeerToken(_ token: String, at now: Timestamp) async throws(AuthenticationError) -> Principal {
        let verified = try peerTokens.verify(token, at: now)
        let wallet = try await looking { [wallets] in try wallets.find(verified.address, in: $0) }
        let walletID: WalletID
        if let wallet { walletID = wallet } else { walletID = try await welcome(verified.address, at: now) }
        let principal = verified.principal(walletID)
        guard !revoked.contains(principal) else { throw .revoked }
        return principal
    }

    /// A lookup. What cannot be asked lets nobody in; a wallet's row that is not ours lets nobody in and rings.
    func looking<R: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws(AuthenticationError) -> R {
        do {
            return try await database.read(body)
        } catch is WalletError {
            throw tampered()
        } catch {
            throw .unavailable
        }
    }

    /// Rings, and gives what the client is told: that its session is no more.
    func tampered() -> AuthenticationError {
        alarm(.walletMismatch)
        return .revoked
    }

    /// Such a token needs no login before its first use, so its wallet may be new.
    private func welcome(_ address: Address, at now: Timestamp) async throws(AuthenticationError) -> WalletID {
        let entry = wallets.entry(for: address, random: random)
        do {
            return try await database.write { [wallets] in try wallets.findOrCreate(entry, at: now, in: $0) }
        } catch {
            throw .unavailable
        }
    }
}
