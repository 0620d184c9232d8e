public import Primitives

/// Verifies compact RS256 JSON Web Tokens of another issuer by the rules of RFC 8725: the algorithm is pinned, keys
/// come from the issuer's set alone, and nothing of the payload is read before the signature has been checked.
public struct RS256TokenVerifier: Sendable {
    /// `x5t` names a certificate; it is no key, and nothing is done with it.
    private static let headerNames: Set<String> = ["alg", "kid", "typ", "x5t"]
    private static let type = "JWT"

    private let rules: TokenVerifier

    /// A verifier for tokens of `issuer` (exact) to `audience` (exact, alone or in a list).
    public init(issuer: String, audience: String) {
        rules = TokenVerifier(
            keys: TokenKeySet(), issuer: issuer, audience: audience, type: RS256TokenVerifier.type)
    }

    /// The `kid` that a token's header names: a hint at which keys to have, believed by nobody. Throws what is wrong
    /// with the header.
    public func keyID(of token: String) throws(TokenError) -> String {
        guard token.utf8.count <= TokenVerifier.maximumBytes else { throw .tooLarge }
        let encoded = token.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard let bytes = Base64.decodeURL(Substring(encoded)), let header = try? JSON(parsing: bytes),
            let members = header.members
        else { throw .malformed }
        guard header["alg"] == "RS256" else { throw .wrongAlgorithm }
        guard members.allSatisfy({ RS256TokenVerifier.headerNames.contains($0.name) }) else { throw .forbiddenHeader }
        guard header["typ"]?.string == RS256TokenVerifier.type else { throw .wrongType }
        guard let kid = header["kid"]?.string else { throw .unknownKey }
        return kid
    }

    /// The claims of a valid token. Cost: one RSA verification, for a token with a known `kid`.
    public func claims(of token: String, keys: RS256KeySet, at now: Timestamp) throws(TokenError) -> JSON {
        guard let key = keys[try keyID(of: token)] else { throw .unknownKey }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64.decodeURL(Substring(parts[2])),
            let payload = Base64.decodeURL(Substring(parts[1]))
        else { throw .malformed }
        guard key.isValid(signature: signature, over: Array(token.utf8[..<parts[1].endIndex])) else {
            throw .badSignature
        }
        guard let claims = try? JSON(parsing: payload), claims.members != nil else { throw .malformed }
        try rules.check(claims, at: now)
        return claims
    }
}
