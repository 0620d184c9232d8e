public import Ethereum
public import Primitives

/// Logging in: a challenge that costs us nothing to issue, and its one use.
public struct Login: Sendable {
    private let origin: String
    private let nonces: LoginNonces
    private let signatures: SignatureCheck
    private let sessions: LoginSessions
    private let clock: any WallClock

    /// A login to the gateway whose public origin is `origin`.
    public init(
        origin: String, nonces: LoginNonces, signatures: SignatureCheck, sessions: LoginSessions,
        clock: any WallClock
    ) {
        self.origin = origin
        self.nonces = nonces
        self.signatures = signatures
        self.sessions = sessions
        self.clock = clock
    }

    /// A challenge, bound to the wallet if one is named. Stores nothing.
    public func challenge(wallet: String? = nil) throws(LoginError) -> LoginChallenge {
        let address: Address?
        if let wallet { address = try Login.address(wallet) } else { address = nil }
        let (nonce, text, commitment) = nonces.issue(
            .login, for: address.map(ChallengeSubject.address) ?? .anyone, at: clock.now())
        return LoginChallenge(
            nonce: text, message: message(nonce, text, for: address, naming: commitment).text,
            expiresAt: nonce.expiresAt)
    }

    /// Begins a session for whoever signed the challenge; a contract wallet is looked up on the chain that is named, or
    /// the first that is served. The use of the nonce, the wallet and the session are one commit; whatever fails before
    /// leaves the nonce unused. With a DPoP proof the token is bound to the proof's key, and the proof is spent in the
    /// same commit. Throws `LoginError`, `RateExceeded` or `DatabaseError`.
    public func verify(
        walletAddress: String, signature: String, nonce: String, chainID: UInt64? = nil, proof offer: ProofOffer? = nil
    ) async throws -> LoginGrant {
        let now = clock.now()
        let possession = try proven(offer, at: now)
        let address = try Login.address(walletAddress)
        let (challenge, commitment) = try recognise(nonce, by: address, at: now)
        let message = message(challenge, nonce, for: challenge.isBound ? address : nil, naming: commitment)
        guard let bytes = Hex.decode(signature) else { throw LoginError.malformedSignature }
        let proof = try await prove(
            SignatureClaim(
                account: address, digest: PersonalMessage.digest(of: Array(message.text.utf8)), signature: bytes,
                chainID: chainID, takesLowV: true))
        do {
            return try await sessions.begin(
                proof, using: challenge, on: chainID, boundTo: possession, at: clock.now())
        } catch let error as ChallengeError {
            throw LoginError(error)
        }
    }

    private func proven(_ offer: ProofOffer?, at now: Timestamp) throws(LoginError) -> DPoPProof? {
        guard let offer else { return nil }
        do throws(DPoPError) {
            return try DPoPProof(offer, to: origin, token: nil, at: now)
        } catch {
            throw .proofInvalid
        }
    }

    private func recognise(
        _ text: String, by address: Address, at now: Timestamp
    ) throws(LoginError) -> (nonce: ChallengeNonce, commitment: String) {
        do throws(ChallengeError) {
            return try nonces.recognise(text, .login, by: address, at: now)
        } catch {
            throw LoginError(error)
        }
    }

    private func prove(_ claim: SignatureClaim) async throws(LoginError) -> SignatureProof {
        do throws(SignatureRefusal) {
            return try await signatures.check(claim)
        } catch {
            throw LoginError(error)
        }
    }

    private func message(
        _ nonce: ChallengeNonce, _ text: String, for wallet: Address?, naming commitment: String
    ) -> ChallengeMessage {
        ChallengeMessage(
            origin: origin, wallet: wallet, nonce: text, issuedAt: nonce.issuedAt, expiresAt: nonce.expiresAt,
            keySetCommitment: commitment)
    }

    private static func address(_ text: String) throws(LoginError) -> Address {
        guard let address = Address(text) else { throw .malformedAddress }
        return address
    }
}
