import Cryptography
import Ethereum
import Primitives

/// Writes and reads the JWT of a login session: an RFC 9068 access token, ES256.
public struct SessionTokens: Sendable {
    /// What a session's token says, once its signature and parties were checked.
    struct Claims: Hashable, Sendable {
        let sessionID: String
        let address: Address
        /// Whose wallet it is: the key's, or the contract's on its chain.
        let holder: SignatureProof.Holder
        /// The thumbprint of the key that the token is bound to.
        let proofKey: String?
        /// What the token is limited to; nil if it has no such claim.
        let permissions: [Permission]?
    }

    /// The chain of the contract whose wallet it is. Which chain a login named is another claim.
    private static let contractChain = "contractChainId"
    /// RFC 9068 wants the client named. There is one kind: whoever holds the wallet.
    private static let clientID = "wallet"

    let origin: String
    let keys: SessionKeys

    /// Tokens by and for the gateway at `origin`: issuer and audience are the same.
    public init(keys: SessionKeys, origin: String) {
        self.origin = origin
        self.keys = keys
    }

    /// The token of `session`, with the chain that the login named, if it named one, bound to the key with this
    /// thumbprint, if there is one, and limited to `permissions` if there are any. They stand in the token and nowhere
    /// else: whoever can write the database cannot add to them. Cost: one P-256 signature.
    func token(
        for session: SessionRow, of account: WalletAccount, chainID: UInt64? = nil, boundTo proofKey: String? = nil,
        permissions: [Permission]? = nil
    ) -> String {
        let (signer, attestation) = keys.active
        var claims: [JSON.Member] = [
            .init("iss", .string(origin)),
            .init("aud", .string(origin)),
            .init("sub", .string(account.address.lowercase)),
            .init("client_id", .string(SessionTokens.clientID)),
            .init("jti", .string(session.id)),
            .init("iat", .integer(session.createdAt.unixSeconds)),
            .init("exp", .integer(session.expiresAt.unixSeconds)),
            .init("expiresAt", .integer(session.expiresAt.unixMilliseconds)),
            .init("walletAddress", .string(account.address.lowercase)),
        ]
        if case .contract(let chain) = account.holder {
            claims.append(.init(SessionTokens.contractChain, .integer(Int64(clamping: chain))))
        }
        if let chainID { claims.append(.init("chainId", .integer(Int64(clamping: chainID)))) }
        if let proofKey { claims.append(.init("cnf", ["jkt": .string(proofKey)])) }
        if let permissions {
            claims.append(.init("permissions", .array(permissions.map { .string($0.text) })))
        }
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
        return Claims(
            sessionID: id, address: address, holder: try SessionTokens.holder(of: id, in: claims),
            proofKey: try SessionTokens.proofKey(in: claims), permissions: try SessionTokens.permissions(in: claims))
    }

    private static func holder(of id: String, in claims: JSON) throws(TokenError) -> SignatureProof.Holder {
        guard let claim = claims[contractChain] else {
            guard !id.hasPrefix(Sessions.contractIDPrefix) else { throw .malformed }
            return .key
        }
        guard let chainID = claim.integer.flatMap({ UInt64(exactly: $0) }) else { throw .malformed }
        return .contract(chainID: chainID)
    }

    /// A confirmation of another form than ours is not passed over: it limits the token.
    private static func proofKey(in claims: JSON) throws(TokenError) -> String? {
        guard let confirmation = claims["cnf"] else { return nil }
        guard let key = confirmation["jkt"]?.string else { throw .malformed }
        return key
    }

    /// A permission that cannot be read grants nothing; a claim of another form is no token of ours.
    private static func permissions(in claims: JSON) throws(TokenError) -> [Permission]? {
        guard let claim = claims["permissions"] else { return nil }
        guard let list = claim.array, list.count <= Permission.maximumCount else { throw .malformed }
        return list.compactMap { $0.string.flatMap { Permission($0) } }
    }
}
