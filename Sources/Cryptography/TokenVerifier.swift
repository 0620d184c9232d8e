public import Primitives

/// Verifies compact ES256 JSON Web Tokens by the rules of RFC 8725 and RFC 9068: the algorithm belongs to the key and
/// is never chosen by the token, the type is exact, and nothing of the payload is read before the signature has been
/// checked.
public struct TokenVerifier: Sendable {
    /// The longest token that is looked at. Ours stay below 1 KiB.
    public static let maximumBytes = 8_192
    /// The most that the clocks of issuer and verifier may differ (RFC 7519 section 4.1.4: "no more than a few
    /// minutes").
    public static let maximumClockSkewSeconds: Int64 = 60
    /// The clock difference that is forgiven by default.
    public static let defaultClockSkewSeconds: Int64 = 30

    /// Header parameters of a token. Any other is refused: `crit`, `b64` and `zip` change what is signed, `jwk`, `jku`,
    /// `x5u` and `x5c` bring a key along, and the rest is nothing that our tokens have.
    private static let headerNames: Set<String> = ["alg", "kid", "typ"]

    /// The keys whose tokens are taken; replaced as keys rotate.
    public var keys: TokenKeySet
    private let issuer: String
    private let audience: String
    private let types: [String]
    private let clockSkewSeconds: Int64

    /// A verifier for tokens of `issuer` (exact) to `audience` (exact, alone or in a list).
    ///
    /// `type` is the token's `typ`, `at+jwt` say; the form with `application/` before it is taken as well (RFC 7515
    /// section 4.1.9). `clockSkewSeconds` is 0...60.
    public init(
        keys: TokenKeySet, issuer: String, audience: String, type: String,
        clockSkewSeconds: Int64 = defaultClockSkewSeconds
    ) {
        precondition((0...TokenVerifier.maximumClockSkewSeconds).contains(clockSkewSeconds), "skew is 0...60 s")
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        types = [type, "application/" + type]
        self.clockSkewSeconds = clockSkewSeconds
    }

    /// The claims of a valid token. Cost: one P-256 verification, about 50 us, for a token with a known `kid`.
    public func claims(of token: String, at now: Timestamp) throws(TokenError) -> JSON {
        guard token.utf8.count <= TokenVerifier.maximumBytes else { throw .tooLarge }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        let key = try self.key(byHeader: Substring(parts[0]))
        guard let signature = Base64.decodeURL(Substring(parts[2])),
            let payload = Base64.decodeURL(Substring(parts[1]))
        else { throw .malformed }
        let signed = Array(token.utf8[..<parts[1].endIndex])
        guard key.isValid(signature: signature, over: signed) else { throw .badSignature }
        guard let claims = try? JSON(parsing: payload), claims.members != nil else { throw .malformed }
        try check(claims, at: now)
        return claims
    }

    /// Parties and times of claims whose signature has been checked.
    func check(_ claims: JSON, at now: Timestamp) throws(TokenError) {
        try checkParties(claims)
        try checkTimes(claims, now.unixSeconds)
    }

    private func key(byHeader encoded: Substring) throws(TokenError) -> ES256PublicKey {
        guard let bytes = Base64.decodeURL(encoded), let header = try? JSON(parsing: bytes),
            let members = header.members
        else { throw .malformed }
        guard header["alg"] == "ES256" else { throw .wrongAlgorithm }
        guard members.allSatisfy({ TokenVerifier.headerNames.contains($0.name) }) else { throw .forbiddenHeader }
        guard let type = header["typ"]?.string, types.contains(where: { exactly($0, type) }) else { throw .wrongType }
        guard let kid = header["kid"]?.string, let key = keys[kid] else { throw .unknownKey }
        return key
    }

    private func checkParties(_ claims: JSON) throws(TokenError) {
        guard let claimed = claims["iss"]?.string else { throw .malformed }
        guard exactly(claimed, issuer) else { throw .wrongIssuer }
        let audiences: [JSON]
        switch claims["aud"] {
        case .string(let one): audiences = [.string(one)]
        case .array(let several): audiences = several
        default: throw .malformed
        }
        let names = audiences.compactMap(\.string)
        guard names.count == audiences.count else { throw .malformed }
        guard names.contains(where: { exactly($0, audience) }) else { throw .wrongAudience }
    }

    private func checkTimes(_ claims: JSON, _ now: Int64) throws(TokenError) {
        guard let expiry = claims["exp"]?.integer else { throw .malformed }
        guard now - clockSkewSeconds < expiry else { throw .expired }
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            guard let moment = claim.integer else { throw .malformed }
            guard moment <= now + clockSkewSeconds else { throw .notYetValid }
        }
    }

    /// Byte equality: `==` on strings takes different spellings of a character for the same.
    private func exactly(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
