import Cryptography
import Ethereum
import Primitives

/// Writes and reads the JWT of a login session: an RFC 9068 access token, ES256.
public struct SessionTokens: Sendable {
    /// What a session's token says, once its signature and parties were checked.
    struct Claims: Hashable, Sendable {
        let sessionID: String
        let address: Address
        /// The thumbprint of the key that the token is bound to.
        let proofKey: String?
    }

    /// RFC 9068 wants the client named. There is one kind: whoever holds the wallet.
    private static let clientID = "wallet"

    let origin: String
    let keys: SessionKeys

    /// Tokens by and for the gateway at `origin`: issuer and audience are the same.
    public init(keys: SessionKeys, origin: String) {
        self.origin = origin
        self.keys = keys
    }

    /// The token of `session`, with the chain that the login named, if it named one, and bound to the key with this
    /// thumbprint, if there is one. Cost: one P-256 signature.
    func token(
        for session: SessionRow, of address: Address, chainID: UInt64? = nil, boundTo proofKey: String? = nil
    ) -> String {
        let (signer, attestation) = keys.active
        var claims: [JSON.Member] = [
            .init("iss", .string(origin)),
            .init("aud", .string(origin)),
            .init("sub", .string(address.lowercase)),
            .init("client_id", .string(SessionTokens.clientID)),
            .init("jti", .string(session.id)),
            .init("iat", .integer(session.createdAt.unixSeconds)),
            .init("exp", .integer(session.expiresAt.unixSeconds)),
            .init("expiresAt", .integer(session.expiresAt.unixMilliseconds)),
            .init("walletAddress", .string(address.lowercase)),
        ]
        if let chainID { claims.append(.init("chainId", .integer(Int64(clamping: chainID)))) }
        if let proofKey { claims.append(.init("cnf", ["jkt": .string(proofKey)])) }
        if let attestation { claims.append(.init("att", attestation.json)) }
        return signer.token(claims: .object(claims))
    }

    /// What the token says. Cost: one P-256 verification.
    func claims(of token: String, at now: Timestamp) throws(TokenError) -> Claims {
        let verifier = TokenVerifier(
            keys: keys.published, issuer: origin, audience: origin, type: SessionKeys.tokenType)
        let claims = try verifier.claims(of: token, at: now)
        guard let id = claims["jti"]?.string, let address = claims["sub"]?.string.flatMap({ Address($0) }) else {
            throw .malformed
        }
        return Claims(sessionID: id, address: address, proofKey: try SessionTokens.proofKey(in: claims))
    }

    /// A confirmation of another form than ours is not passed over: it limits the token.
    private static func proofKey(in claims: JSON) throws(TokenError) -> String? {
        guard let confirmation = claims["cnf"] else { return nil }
        guard let key = confirmation["jkt"]?.string else { throw .malformed }
        return key
    }
}
