import Cryptography
import Ethereum
import Primitives

/// Writes and reads the JWT of a login session: an RFC 9068 access token, ES256.
public struct SessionTokens: Sendable {
    /// What a session's token says, once its signature and parties were checked.
    struct Claims: Hashable, Sendable {
        let sessionID: String
        let address: Address
    }

    /// RFC 9068 wants the client named. There is one kind: whoever holds the wallet.
    private static let clientID = "wallet"

    private let origin: String
    private let signer: TokenSigner
    private let verifier: TokenVerifier

    /// Tokens by and for the gateway at `origin`: issuer and audience are the same.
    public init(keys: SessionKeys, origin: String) {
        self.origin = origin
        signer = keys.signer
        verifier = TokenVerifier(
            keys: keys.published, issuer: origin, audience: origin, type: SessionKeys.tokenType)
    }

    /// The token of `session`. Cost: one P-256 signature.
    func token(for session: SessionRow, of address: Address) -> String {
        signer.token(claims: [
            "iss": .string(origin),
            "aud": .string(origin),
            "sub": .string(address.lowercase),
            "client_id": .string(SessionTokens.clientID),
            "jti": .string(session.id),
            "iat": .integer(session.createdAt.unixSeconds),
            "exp": .integer(session.expiresAt.unixSeconds),
            "expiresAt": .integer(session.expiresAt.unixMilliseconds),
            "walletAddress": .string(address.lowercase),
        ])
    }

    /// What the token says. Cost: one P-256 verification.
    func claims(of token: String, at now: Timestamp) throws(TokenError) -> Claims {
        let claims = try verifier.claims(of: token, at: now)
        guard let id = claims["jti"]?.string, let address = claims["sub"]?.string.flatMap({ Address($0) }) else {
            throw .malformed
        }
        return Claims(sessionID: id, address: address)
    }
}
