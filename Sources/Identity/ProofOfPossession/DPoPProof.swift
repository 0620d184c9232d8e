import Cryptography
import Primitives

/// A DPoP proof (RFC 9449 section 4): a JWT by which a client shows, for one request, that it holds the private key its
/// token is bound to. Only checked proofs exist.
public struct DPoPProof: Hashable, Sendable {
    /// The longest proof that is looked at; they have some 500 bytes.
    public static let maximumBytes = 2_048
    /// How old a proof may be, in seconds. So long its id is remembered.
    public static let maximumAgeSeconds: Int64 = 60
    /// How far ahead of ours the client's clock may be, in seconds.
    public static let skewSeconds: Int64 = 30
    /// The longest `jti`.
    static let maximumIDBytes = 128
    private static let type = "dpop+jwt"
    /// What a proof's header has. Any other parameter could change what is signed, or bring another key.
    private static let headerNames: Set<String> = ["alg", "jwk", "typ"]
    private static let domain = "sealgate/dpop-proof/v1"

    /// RFC 7638 thumbprint of the key, base64url: what a token's `cnf.jkt` names.
    public let thumbprint: String
    /// What is remembered of it, so that it is good once.
    let mark: UsedProofs.Mark

    /// Checks a proof for a request to the gateway at `origin`; with a `token`, that it is about that one too. Whether
    /// it was used before is `UsedProofs`' to say. Cost: one P-256 verification.
    init(_ offer: ProofOffer, to origin: String, token: String?, at now: Timestamp) throws(DPoPError) {
        guard offer.text.utf8.count <= DPoPProof.maximumBytes else { throw .malformed }
        let parts = offer.text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        let key = try DPoPProof.key(inHeader: Substring(parts[0]))
        guard let signature = Base64.decodeURL(Substring(parts[2])),
            let payload = Base64.decodeURL(Substring(parts[1]))
        else { throw .malformed }
        guard key.isValid(signature: signature, over: Array(offer.text.utf8[..<parts[1].endIndex])) else {
            throw .badSignature
        }
        guard let claims = try? JSON(parsing: payload), let id = claims["jti"]?.string,
            (1...DPoPProof.maximumIDBytes).contains(id.utf8.count), let method = claims["htm"]?.string,
            let target = claims["htu"]?.string, let issued = claims["iat"]?.integer
        else { throw .malformed }
        guard method.hasSameBytes(as: offer.method), let address = ProofTarget(target),
            address == ProofTarget(origin + offer.path)
        else { throw .otherRequest }
        try DPoPProof.check(issued, at: now)
        if let token {
            let digest = Base64.encodeURL(SHA256.hash(Array(token.utf8)))
            guard claims["ath"]?.string?.hasSameBytes(as: digest) == true else { throw .otherToken }
        }
        thumbprint = key.thumbprint
        mark = UsedProofs.Mark(
            DPoPProof.domain, [key.thumbprint, address.text, id],
            until: Timestamp(unixSeconds: issued + DPoPProof.maximumAgeSeconds + 1))
    }

    private static func key(inHeader encoded: Substring) throws(DPoPError) -> ES256PublicKey {
        guard let bytes = Base64.decodeURL(encoded), let header = try? JSON(parsing: bytes),
            let members = header.members, let jwk = header["jwk"]
        else { throw .malformed }
        guard header["typ"]?.string?.hasSameBytes(as: type) == true, header["alg"] == "ES256",
            members.allSatisfy({ headerNames.contains($0.name) })
        else { throw .wrongHeader }
        do throws(JWKError) { return try ES256PublicKey(jwk: jwk) } catch { throw .wrongKey }
    }

    private static func check(_ issued: Int64, at now: Timestamp) throws(DPoPError) {
        let (age, overflow) = now.unixSeconds.subtractingReportingOverflow(issued)
        guard !overflow, age <= maximumAgeSeconds, age >= -skewSeconds else { throw .wrongTime }
    }
}
