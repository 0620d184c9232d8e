import Cryptography
public import Database
import Ethereum
public import Primitives

/// Answers who a bearer token belongs to. A token is verified once and remembered by its digest; whether its session
/// was revoked is asked every time. Where something cannot be asked, nobody is let in.
public final class Authenticator: Sendable {
    let database: Database
    private let wallets: Wallets
    let sessionTokens: SessionTokens
    let walletTokens: WalletTokens
    let peerTokens: PeerTokens
    let clock: any WallClock
    private let random: any RandomSource
    private let revoked: RevokedSessions
    let verified: VerifiedTokens
    private let sessions = Sessions()

    /// Present where other nodes work on the same database; drive it, or nobody is let in.
    public let watch: SessionWatch?

    /// An authenticator that knows every revocation so far. Throws `DatabaseError`: without the list it must not start.
    /// `nodes` is what other nodes on the same database are known by; unused on SQLite, where there are none.
    public static func start(
        database: Database, wallets: Wallets, sessionTokens: SessionTokens, walletTokens: WalletTokens,
        peerTokens: PeerTokens, nodes: NodeKeys? = nil, clock: any WallClock, random: any RandomSource
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
            peerTokens: peerTokens, clock: clock, random: random, revoked: revoked, verified: VerifiedTokens(),
            watch: watch)
    }

    init(
        database: Database, wallets: Wallets, sessionTokens: SessionTokens, walletTokens: WalletTokens,
        peerTokens: PeerTokens, clock: any WallClock, random: any RandomSource, revoked: RevokedSessions,
        verified: VerifiedTokens, watch: SessionWatch? = nil
    ) {
        self.database = database
        self.wallets = wallets
        self.sessionTokens = sessionTokens
        self.walletTokens = walletTokens
        self.peerTokens = peerTokens
        self.clock = clock
        self.random = random
        self.revoked = revoked
        self.verified = verified
        self.watch = watch
    }

    /// The principal of a session JWT, a wallet token (`mcpwt_`) or a peer's JWT, without the word `Bearer`. Cost: a
    /// SHA-256 for a token that was seen before; else a P-256 verification, or for a wallet token a recovery, and one
    /// lookup. A peer's token is verified each time, because what is thought of the peer may have changed.
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
            return principal
        }
        if PeerTokens.isPeerToken(token) { return try await verifyPeerToken(token, at: now) }
        let principal =
            WalletTokens.isWalletToken(token)
            ? try await verifyWalletToken(token, at: now) : try await verifySessionToken(token, at: now)
        guard !revoked.contains(principal) else { throw .revoked }
        verified.insert(principal, for: digest)
        return principal
    }

    /// Ends the principal's session: on disk first, then in memory. Once this returns the token is refused, here at
    /// once and after any restart.
    ///
    /// A wallet that revokes more than `WalletTokenMarks.maximumRevocations` wallet tokens revokes all that it has: the
    /// answer says which.
    @discardableResult
    public func logout(_ principal: Principal) async throws -> Revocation {
        let now = clock.now()
        let revocation = try await database.write { [sessions] in try sessions.revoke(principal, at: now, in: $0) }
        revoked.insert(principal, revocation)
        return revocation
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
        let row: SessionRow?
        do {
            row = try await database.read { [sessions] in try sessions.find(claims.sessionID, in: $0) }
        } catch {
            throw .unavailable
        }
        guard let row, row.revokedAt == nil else { throw .revoked }
        guard now < row.expiresAt else { throw .expired }
        var principal = Principal(
            walletID: row.wallet, address: claims.address, sessionID: row.id, expiresAt: row.expiresAt)
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
        let wallet: WalletID?
        let isRevoked: Bool
        do {
            (wallet, isRevoked) = try await database.read { [wallets, sessions] tx in
                let wallet = try wallets.find(verified.message.wallet, in: tx)
                let mark = try wallet.flatMap { try WalletTokenMarks().find($0, in: tx) }
                let row = try sessions.find(verified.sessionID, in: tx)
                return (wallet, row?.revokedAt != nil || mark.map { verified.message.expiresAt <= $0 } ?? false)
            }
        } catch {
            throw .unavailable
        }
        guard !isRevoked else { throw .revoked }
        let walletID: WalletID
        if let wallet { walletID = wallet } else { walletID = try await welcome(verified.message.wallet, at: now) }
        return verified.principal(walletID)
    }

    /// A peer's token has no row until it is logged out.
    private func verifyPeerToken(_ token: String, at now: Timestamp) async throws(AuthenticationError) -> Principal {
        let verified = try peerTokens.verify(token, at: now)
        let wallet: WalletID?
        do {
            wallet = try await database.read { [wallets] in try wallets.find(verified.address, in: $0) }
        } catch {
            throw .unavailable
        }
        let walletID: WalletID
        if let wallet { walletID = wallet } else { walletID = try await welcome(verified.address, at: now) }
        let principal = verified.principal(walletID)
        guard !revoked.contains(principal) else { throw .revoked }
        return principal
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
