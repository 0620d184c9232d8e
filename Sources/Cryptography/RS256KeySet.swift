public import Primitives

/// Another issuer's RS256 keys by `kid`.
public struct RS256KeySet: Sendable {
    /// The most keys a set is read with.
    public static let maximumKeys = 64

    private let entries: [(kid: String, key: RS256PublicKey)]

    /// Reads a JWK set (RFC 7517 section 5). Keys that are not for RS256, or have no `kid`, are passed over: the set is
    /// somebody else's, and may serve other purposes as well.
    public init(jwks: JSON) throws(JWKError) {
        guard let keys = jwks["keys"]?.array, keys.count <= RS256KeySet.maximumKeys else { throw .malformed }
        var entries: [(kid: String, key: RS256PublicKey)] = []
        for jwk in keys {
            guard let kid = jwk["kid"]?.string, let key = try? RS256PublicKey(jwk: jwk) else { continue }
            guard !entries.contains(where: { $0.kid.hasSameBytes(as: kid) }) else { throw .duplicateKey }
            entries.append((kid, key))
        }
        guard !entries.isEmpty else { throw .unsupported }
        self.entries = entries
    }

    /// The key called `kid`, compared byte by byte.
    public subscript(_ kid: String) -> RS256PublicKey? {
        entries.first { $0.kid.hasSameBytes(as: kid) }?.key
    }
}
