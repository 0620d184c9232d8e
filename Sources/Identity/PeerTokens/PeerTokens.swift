import Cryptography
public import Ethereum
public import Primitives

/// Tokens by which a wallet's login at one gateway lets another act for it: ES256, of a type of their own, from one
/// origin to one origin, for minutes.
///
/// - Issued only for a login, and on the wallet's request.
/// - Taken only under keys that the issuer's evidence names, as long as that evidence stands.
/// - Good for `permissions` and nothing else: no provider key is opened, nothing is changed, no money leaves.
/// - Never renewed: whoever wants another asks the wallet's login again.
public struct PeerTokens: Sendable {
    /// What another gateway can do here for a wallet: read balance, statement and settings, and chat in a conversation
    /// of the wallet's whose id it was given. A chat is paid from the balance, up to its budget.
    public static let permissions = ["wallet:read", "agents:chat"].compactMap { Permission($0) }
    /// How long a token is good, in seconds; one that claims more is refused.
    public static let lifetimeSeconds: Int64 = 300
    /// The token type; no other token of ours has it (RFC 8725 section 3.11).
    static let tokenType = "peer+jwt"
    /// The longest `jti` that is looked at.
    static let maximumIDBytes = 64
    /// The longest first part of a token: three short header parameters.
    private static let maximumHeaderBytes = 512

    private let keys: SessionKeys
    private let origin: String
    private let authorities: any PeerAuthorities

    /// A token as its wallet gets it.
    public struct Grant: Hashable, Sendable {
        /// The JWT.
        public let token: String
        /// The first moment at which it is refused.
        public let expiresAt: Timestamp
    }

    /// Tokens by the gateway at `origin`, under its session key, and to it, as far as `authorities` say.
    public init(keys: SessionKeys, origin: String, authorities: any PeerAuthorities) {
        self.keys = keys
        self.origin = origin
        self.authorities = authorities
    }

    /// A token for `address` to the gateway at `peer`. Whether that one is trusted, and whether the caller has logged
    /// in, was decided before. Cost: one P-256 signature.
    public func issue(
        for address: Address, to peer: String, at now: Timestamp, random: some RandomSource
    ) -> Grant {
        let issuedAt = Timestamp(unixSeconds: now.unixSeconds)
        let expiresAt = issuedAt.adding(seconds: PeerTokens.lifetimeSeconds)
        let token = keys.active.signer.signer(forType: PeerTokens.tokenType).token(claims: [
            "iss": .string(origin), "aud": .string(peer), "sub": .string(address.lowercase),
            "jti": .string(Identifier.make("ptj_", at: now, random: random)), "iat": .integer(issuedAt.unixSeconds),
            "exp": .integer(expiresAt.unixSeconds),
        ])
        return Grant(token: token, expiresAt: expiresAt)
    }

    /// Whether a bearer token says that it is one of these. Decides nothing but which rules it has to pass.
    static func isPeerToken(_ token: String) -> Bool {
        let header = token.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard header.count <= maximumHeaderBytes, let bytes = Base64.decodeURL(Substring(header)),
            let type = (try? JSON(parsing: bytes))?["typ"]?.string
        else { return false }
        return type.hasSameBytes(as: tokenType) || type.hasSameBytes(as: "application/" + tokenType)
    }

    /// What the token says, if a trusted peer issued it to this gateway. Cost: one P-256 verification; none for a token
    /// of a stranger.
    func verify(_ token: String, at now: Timestamp) throws(AuthenticationError) -> VerifiedPeerToken {
        guard token.utf8.count <= TokenVerifier.maximumBytes, let issuer = PeerTokens.claimedIssuer(of: token) else {
            throw .malformed
        }
        let attested: TokenKeySet
        switch authorities.standing(of: issuer) {
        case .stranger: throw .malformed
        case .notTrusted: throw .peerNotTrusted
        case .attested(let keys): attested = keys
        }
        let claims: JSON
        do throws(TokenError) {
            claims = try TokenVerifier(
                keys: attested, issuer: issuer, audience: origin, type: PeerTokens.tokenType
            ).claims(of: token, at: now)
        } catch {
            if error == .unknownKey { authorities.missedKey(of: issuer) }
            throw .init(error)
        }
        guard let id = claims["jti"]?.string, (1...PeerTokens.maximumIDBytes).contains(id.utf8.count),
            let address = claims["sub"]?.string.flatMap({ Address($0) }),
            // One audience: a token to several could be carried from one of them to the next.
            claims["aud"]?.string != nil, let issued = claims["iat"]?.integer, let expiry = claims["exp"]?.integer,
            isShort(from: issued, to: expiry)
        else { throw .malformed }
        let expiresAt = Timestamp(unixSeconds: expiry)
        guard now < expiresAt else { throw .expired }
        return VerifiedPeerToken(issuer: issuer, id: id, address: address, expiresAt: expiresAt)
    }

    private func isShort(from issued: Int64, to expiry: Int64) -> Bool {
        let (seconds, isTooLong) = expiry.subtractingReportingOverflow(issued)
        return !isTooLong && (1...PeerTokens.lifetimeSeconds).contains(seconds)
    }

    /// Who the token says has issued it: not yet believed, only looked up.
    private static func claimedIssuer(of token: String) -> String? {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64.decodeURL(Substring(parts[1])) else { return nil }
        return (try? JSON(parsing: payload))?["iss"]?.string
    }
}
