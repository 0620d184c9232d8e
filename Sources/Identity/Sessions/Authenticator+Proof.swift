import Cryptography
import Database
import Primitives

extension Authenticator {
    /// The principal of a token that is sent with a proof of its key (`Authorization: DPoP`, RFC 9449 section 7.1). The
    /// token has to be bound to the key, and each proof is good once: its id is spent last, when all else was good.
    public func authenticate(
        bound token: String, _ offer: ProofOffer
    ) async throws(AuthenticationError) -> Principal {
        let now = clock.now()
        let principal = try await principal(of: token, at: now)
        guard let proof = proof(offer, of: token, boundTo: principal.proofKey, at: now) else { throw .proofInvalid }
        let isFirst: Bool
        do {
            isFirst = try await database.write { try UsedProofs().use(proof.mark, in: $0) }
        } catch {
            throw .unavailable
        }
        guard isFirst else { throw .proofInvalid }
        return principal
    }

    /// What `isGenuine(bearer:)` says of such a token and its proof; nothing of whether the proof was used.
    public func isGenuine(bound token: String, _ offer: ProofOffer) -> Bool {
        let now = clock.now()
        let key: String?
        if let principal = verified.principal(for: TokenDigest(of: token), at: now) {
            key = principal.proofKey
        } else {
            key = (try? sessionTokens.claims(of: token, at: now))?.proofKey
        }
        return proof(offer, of: token, boundTo: key, at: now) != nil
    }

    private func proof(
        _ offer: ProofOffer, of token: String, boundTo key: String?, at now: Timestamp
    ) -> DPoPProof? {
        guard let key, let proof = try? DPoPProof(offer, to: sessionTokens.origin, token: token, at: now),
            proof.thumbprint.hasSameBytes(as: key)
        else { return nil }
        return proof
    }
}
