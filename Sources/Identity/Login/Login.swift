public import Database
import Ethereum
public import Primitives

/// Logging in: a challenge that costs us nothing to issue, and its one use.
public struct Login: Sendable {
    private let origin: String
    private let keys: SessionKeys
    private let sessionTokens: SessionTokens
    private let authority: ChallengeAuthority
    private let wallets: Wallets
    private let database: Database
    private let quota: RateQuota?
    private let clock: any WallClock
    private let random: any RandomSource
    private let usedNonces = UsedNonces()
    private let sessions = Sessions()
    private let rates = WalletRates()

    /// A login to the gateway whose public origin is `origin`. `quota` is how often a wallet may log in, on all nodes
    /// together.
    public init(
        origin: String, keys: SessionKeys, authority: ChallengeAuthority, wallets: Wallets, database: Database,
        quota: RateQuota? = nil, clock: any WallClock, random: any RandomSource
    ) {
        self.origin = origin
        self.keys = keys
        sessionTokens = SessionTokens(keys: keys, origin: origin)
        self.authority = authority
        self.wallets = wallets
        self.database = database
        self.quota = quota
        self.clock = clock
        self.random = random
    }

    /// A challenge, bound to the wallet if one is named. Stores nothing.
    public func challenge(wallet: String? = nil) throws(LoginError) -> LoginChallenge {
        let address: Address?
        if let wallet { address = try Login.address(wallet) } else { address = nil }
        let commitment = keys.commitment
        let (nonce, text) = authority.issue(
            .login, for: address.map(ChallengeSubject.address) ?? .anyone, context: Login.context(commitment),
            at: clock.now(), random: random)
        return LoginChallenge(
            nonce: text, message: message(nonce, text, for: address, naming: commitment).text,
            expiresAt: nonce.expiresAt)
    }

    /// Begins a session for whoever signed the challenge. The use of the nonce, the wallet and the session are one
    /// commit; whatever fails before leaves the nonce unused. Throws `LoginError`, `RateExceeded` or `DatabaseError`.
    public func verify(
        walletAddress: String, signature: String, nonce: String
    ) async throws -> LoginGrant {
        let now = clock.now()
        let proof = try check(walletAddress: walletAddress, signature: signature, nonce: nonce, at: now)
        let entry = wallets.entry(for: proof.address, random: random)
        let id = Identifier.make(Sessions.idPrefix, at: now, random: random)
        let session = try await database.write { [usedNonces, wallets, sessions, rates, quota] tx in
            do { try usedNonces.use(proof.nonce, in: tx) } catch let error as ChallengeError { throw LoginError(error) }
            let wallet = try wallets.findOrCreate(entry, at: now, in: tx)
            if let quota {
                let decision = try rates.take("login", of: quota, by: wallet, at: now, in: tx)
                guard decision.isAllowed else {
                    throw RateExceeded(retryAfterSeconds: decision.retryAfterSeconds)
                }
            }
            return try sessions.begin(id: id, of: wallet, at: now, in: tx)
        }
        return LoginGrant(
            token: sessionTokens.token(for: session, of: proof.address), address: proof.address,
            walletID: session.wallet, sessionID: session.id, expiresAt: session.expiresAt)
    }

    /// Everything about a login that needs no database: MAC and time of the nonce, then the signature.
    private func check(
        walletAddress: String, signature: String, nonce text: String, at now: Timestamp
    ) throws(LoginError) -> (address: Address, nonce: ChallengeNonce) {
        let address = try Login.address(walletAddress)
        let (nonce, commitment) = try recognise(text, by: address, at: now)
        let message = message(nonce, text, for: nonce.isBound ? address : nil, naming: commitment)
        let signature = try Login.signature(signature)
        guard let signer = PersonalMessage.signer(of: Array(message.text.utf8), signature: signature) else {
            throw .signatureInvalid
        }
        guard signer == address else { throw .addressMismatch }
        return (address, nonce)
    }

    /// The nonce, and the key set that the text around it named: a rotation may have come between challenge and answer.
    private func recognise(
        _ text: String, by address: Address, at now: Timestamp
    ) throws(LoginError) -> (ChallengeNonce, commitment: String) {
        var refusal = ChallengeError.unknown
        for commitment in keys.commitments(at: now) {
            do throws(ChallengeError) {
                let nonce = try authority.verify(
                    text, .login, by: .address(address), context: Login.context(commitment), at: now)
                return (nonce, commitment)
            } catch {
                // Of several, what is said about the nonce itself tells more than that a MAC did not fit.
                if error != .unknown { refusal = error }
            }
        }
        throw LoginError(refusal)
    }

    private func message(
        _ nonce: ChallengeNonce, _ text: String, for wallet: Address?, naming commitment: String
    ) -> ChallengeMessage {
        ChallengeMessage(
            origin: origin, wallet: wallet, nonce: text, issuedAt: nonce.issuedAt, expiresAt: nonce.expiresAt,
            keySetCommitment: commitment)
    }

    /// Under other keys a challenge is unknown rather than a riddle: its text named the keys.
    private static func context(_ commitment: String) -> [UInt8] { Array(commitment.utf8) }

    private static func address(_ text: String) throws(LoginError) -> Address {
        guard let address = Address(text) else { throw .malformedAddress }
        return address
    }

    private static func signature(_ text: String) throws(LoginError) -> WalletSignature {
        do throws(WalletSignatureError) {
            return try WalletSignature(login: text)
        } catch {
            throw error == .malformed ? .malformedSignature : .signatureInvalid
        }
    }
}
