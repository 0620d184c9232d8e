public import Ethereum
public import Primitives

/// Sign-In with Ethereum (EIP-4361): nonces for clients that write the text, whole texts for those that do not, and the
/// login that a signed text is. Nothing is stored before a text is used.
public struct SignIn: Sendable {
    private let origin: String
    private let nonces: LoginNonces
    private let signatures: SignatureCheck
    private let sessions: LoginSessions
    private let check: SignInCheck
    private let clock: any WallClock

    /// Sign-ins to the gateway whose public origin is `origin`.
    public init(
        origin: String, nonces: LoginNonces, signatures: SignatureCheck, sessions: LoginSessions,
        clock: any WallClock
    ) {
        self.origin = origin
        self.nonces = nonces
        self.signatures = signatures
        self.sessions = sessions
        check = SignInCheck(origin: origin) { signatures.serves($0) }
        self.clock = clock
    }

    /// A nonce for whoever signs, and what a text around it must say.
    public func nonce() -> SignInNonce {
        let (nonce, text, _) = nonces.issue(.signIn, for: .anyone, at: clock.now())
        return SignInNonce(
            nonce: text, domain: check.domain, uri: origin, chainIDs: signatures.chains.map(\.id),
            expiresAt: nonce.expiresAt)
    }

    /// A whole text, its nonce bound to the address.
    public func challenge(address: String, chainID: UInt64? = nil) throws(SignInError) -> LoginChallenge {
        guard let wallet = Address(address) else { throw .malformedAddress }
        let chainID = chainID ?? signatures.defaultChainID
        guard signatures.serves(chainID) else { throw .chainNotServed }
        let (nonce, text, commitment) = nonces.issue(.signIn, for: .address(wallet), at: clock.now())
        let message = SignInText(
            origin: origin, domain: check.domain, wallet: wallet, chainID: chainID, nonce: text,
            issuedAt: nonce.issuedAt, expiresAt: nonce.expiresAt, keySetCommitment: commitment)
        return LoginChallenge(nonce: text, message: message.text, expiresAt: nonce.expiresAt)
    }

    /// Begins a session for whoever signed `message`, exactly as received. Whatever fails leaves the nonce unused.
    /// Throws `SignInError` or `DatabaseError`.
    public func verify(message text: String, signature: String) async throws -> LoginGrant {
        let now = clock.now()
        let message = try SignInMessage(parsing: text)
        try check.check(message, at: now)
        let nonce: ChallengeNonce
        do throws(ChallengeError) {
            nonce = try nonces.recognise(message.nonce, .signIn, by: message.address, at: now).nonce
        } catch {
            throw SignInError.challenge(error)
        }
        guard let bytes = Hex.decode(signature) else { throw SignInError.malformedSignature }
        let proof: SignatureProof
        do throws(SignatureRefusal) {
            proof = try await signatures.check(
                SignatureClaim(
                    account: message.address, digest: PersonalMessage.digest(of: Array(text.utf8)), signature: bytes,
                    chainID: message.chainID, takesLowV: true))
        } catch {
            throw SignInError(error)
        }
        do {
            return try await sessions.begin(proof, using: nonce, on: message.chainID, at: clock.now())
        } catch let error as ChallengeError {
            throw SignInError.challenge(error)
        }
    }
}
