public import Database
import Ethereum
public import Primitives

/// Logging in: a challenge that costs us nothing to issue, and its one use.
public struct Login: Sendable {
    private let origin: String
    private let keySetCommitment: String
    private let sessionTokens: SessionTokens
    private let authority: ChallengeAuthority
    private let wallets: Wallets
    private let database: Database
    private let clock: any WallClock
    private let random: any RandomSource
    private let usedNonces = UsedNonces()
    private let sessions = Sessions()

    /// A login to the gateway whose public origin is `origin`.
    public init(
        origin: String, keys: SessionKeys, authority: ChallengeAuthority, wallets: Wallets, database: Database,
        clock: any WallClock, random: any RandomSource
    ) {
        self.origin = origin
        keySetCommitment = keys.commitment
        sessionTokens = SessionTokens(keys: keys, origin: origin)
        self.authority = authority
        self.wallets = wallets
        self.database = database
        self.clock = clock
        self.random = random
    }

    /// A challenge, bound to the wallet if one is named. Stores nothing.
    public func challenge(wallet: String? = nil) throws(LoginError) -> LoginChallenge {
        let address: Address?
        if let wallet { address = try Login.address(wallet) } else { address = nil }
        let (nonce, text) = authority.issue(
            .login, for: address.map(ChallengeSubject.address) ?? .anyone, context: context, at: clock.now(),
            random: random)
        return LoginChallenge(
            nonce: text, message: message(nonce, text, for: address).text, expiresAt: nonce.expiresAt)
    }

    /// Begins a session for whoever signed the challenge. The use of the nonce, the wallet and the session are one
    /// commit; whatever fails before leaves the nonce unused. Throws `LoginError` or `DatabaseError`.
    nonisolated(nonsending) public func verify(
        walletAddress: String, signature: String, nonce: String
    ) async throws -> LoginGrant {
        let now = clock.now()
        let proof = try check(walletAddress: walletAddress, signature: signature, nonce: nonce, at: now)
        let entry = wallets.entry(for: proof.address, random: random)
        let id = Identifier.make(Sessions.idPrefix, at: now, random: random)
        let session = try await database.write { [usedNonces, wallets, sessions] tx in
            do { try usedNonces.use(proof.nonce, in: tx) } catch let error as ChallengeError { throw LoginError(error) }
            let wallet = try wallets.findOrCreate(entry, at: now, in: tx)
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
        let nonce: ChallengeNonce
        do throws(ChallengeError) {
            nonce = try authority.verify(text, .login, by: .address(address), context: context, at: now)
        } catch {
            throw LoginError(error)
        }
        let message = message(nonce, text, for: nonce.isBound ? address : nil)
        let signature = try Login.signature(signature)
        guard let signer = PersonalMessage.signer(of: Array(message.text.utf8), signature: signature) else {
            throw .signatureInvalid
        }
        guard signer == address else { throw .addressMismatch }
        return (address, nonce)
    }

    private func message(_ nonce: ChallengeNonce, _ text: String, for wallet: Address?) -> ChallengeMessage {
        ChallengeMessage(
            origin: origin, wallet: wallet, nonce: text, issuedAt: nonce.issuedAt, expiresAt: nonce.expiresAt,
            keySetCommitment: keySetCommitment)
    }

    /// Under other keys a challenge is unknown rather than a riddle: its text named the keys.
    private var context: [UInt8] { Array(keySetCommitment.utf8) }

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
