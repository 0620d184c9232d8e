public import Cryptography
import Primitives

/// The keys under which sessions are signed: born at start, never written anywhere. A restart ends every session.
public struct SessionKeys: Sendable {
    /// The token type of sessions (RFC 9068 section 2.1). Other tokens of ours have other types.
    static let tokenType = "at+jwt"

    let signer: TokenSigner
    /// The public keys, the active one first: `/.well-known/jwks.json`.
    public let published: TokenKeySet
    /// Names the whole set: lower-case hex of SHA-256 over the keys' thumbprints (base64url, RFC 7638), sorted and
    /// joined by LF. Stands in every login text, so a client that has verified the keys knows which may answer.
    public let commitment: String

    /// The set of one key.
    public init(active: ES256PrivateKey) {
        signer = TokenSigner(key: active, type: SessionKeys.tokenType)
        published = TokenKeySet([active.publicKey])
        commitment = SessionKeys.commitment(of: published.keys)
    }

    /// The commitment to a set of keys, in whatever order they come.
    public static func commitment(of keys: [ES256PublicKey]) -> String {
        let thumbprints = keys.map { Array($0.thumbprint.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        return Hex.encode(SHA256.hash(Array(thumbprints.joined(separator: [UInt8(ascii: "\n")]))))
    }
}
