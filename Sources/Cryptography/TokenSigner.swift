public import Primitives

/// Writes compact JSON Web Tokens (RFC 7515, RFC 7519) under one ES256 key.
public struct TokenSigner: Sendable {
    /// The key's public part, for the set that verifiers use.
    public let publicKey: ES256PublicKey
    private let key: ES256PrivateKey
    private let encodedHeader: String

    /// A signer whose tokens have the header `alg` ES256, `kid` the key's thumbprint, and `typ` = `type`.
    /// Each use of tokens has a type of its own, so that none passes for another (RFC 8725 section 3.11).
    public init(key: ES256PrivateKey, type: String) {
        self.key = key
        publicKey = key.publicKey
        let header: JSON = ["alg": "ES256", "kid": .string(key.publicKey.thumbprint), "typ": .string(type)]
        encodedHeader = Base64.encodeURL(header.bytes)
    }

    /// A signer with the same key for tokens of another type.
    public func signer(forType type: String) -> TokenSigner {
        TokenSigner(key: key, type: type)
    }

    /// The token over `claims`. Cost: one P-256 signature, about 17 us.
    public func token(claims: JSON) -> String {
        let signed = encodedHeader + "." + Base64.encodeURL(claims.bytes)
        return signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
    }
}
