public import Database
import Ethereum
public import Primitives

/// The end of every login with a wallet: nonce, wallet and session in one commit, and the token.
public struct LoginSessions: Sendable {
    private let tokens: SessionTokens
    private let wallets: Wallets
    private let database: Database
    private let quota: RateQuota?
    private let random: any RandomSource
    private let rates = WalletRates()
    private let usedNonces = UsedNonces()
    private let sessions = Sessions()
    private let usedProofs = UsedProofs()

    /// Sessions whose tokens are `tokens`. `quota` is how often a wallet may log in, on all nodes together.
    public init(
        tokens: SessionTokens, wallets: Wallets, database: Database, quota: RateQuota? = nil,
        random: any RandomSource
    ) {
        self.tokens = tokens
        self.wallets = wallets
        self.database = database
        self.quota = quota
        self.random = random
    }

    /// Begins a session for the account that proved itself. Of several calls with one nonce one succeeds. `chainID` is
    /// the chain that the login named, if it named one; `possession` binds the token to its key, and is spent as well.
    /// Throws `ChallengeError.used`, `LoginError.proofInvalid`, `RateExceeded` or `DatabaseError`.
    func begin(
        _ proof: SignatureProof, using nonce: ChallengeNonce, on chainID: UInt64?,
        boundTo possession: DPoPProof? = nil, at now: Timestamp
    ) async throws -> LoginGrant {
        let entry = wallets.entry(for: proof.account, holder: proof.holder, random: random)
        let id = Identifier.make(Sessions.idPrefix(for: proof), at: now, random: random)
        let lifetime = proof.isRevocable ? Sessions.revocableLifetimeSeconds : Sessions.lifetimeSeconds
        let session = try await database.write { [usedNonces, usedProofs, wallets, sessions, rates, quota] tx in
            if let possession, try !usedProofs.use(possession.mark, in: tx) { throw LoginError.proofInvalid }
            try usedNonces.use(nonce, in: tx)
            let wallet = try wallets.findOrCreate(entry, at: now, in: tx)
            // One who ends everything of the wallet ends this session too, or has done so before it begins.
            try tx.lock(wallet)
            if let quota {
                let decision = try rates.take("login", of: quota, by: wallet, at: now, in: tx)
                guard decision.isAllowed else {
                    throw RateExceeded(retryAfterSeconds: decision.retryAfterSeconds)
                }
            }
            return try sessions.begin(id: id, of: wallet, at: now, lifetimeSeconds: lifetime, in: tx)
        }
        return LoginGrant(
            token: tokens.token(
                for: session, of: WalletAccount(address: proof.account, holder: proof.holder), chainID: chainID,
                boundTo: possession?.thumbprint),
            address: proof.account, walletID: session.wallet, sessionID: session.id, expiresAt: session.expiresAt)
    }
}
