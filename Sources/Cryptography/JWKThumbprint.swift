public import Primitives

/// RFC 7638 thumbprints of any JSON Web Key of the types that are in use.
public enum JWKThumbprint {
    /// SHA-256 over the key's required members in lexicographic order, 32 bytes.
    public static func bytes(of jwk: JSON) throws(JWKError) -> [UInt8] {
        let required: [String]
        switch jwk["kty"]?.string {
        case "EC": required = ["crv", "kty", "x", "y"]
        case "RSA": required = ["e", "kty", "n"]
        case "OKP": required = ["crv", "kty", "x"]
        case nil: throw .malformed
        default: throw .unsupported
        }
        var members: [JSON.Member] = []
        for name in required {
            guard let text = jwk[name]?.string else { throw .malformed }
            members.append(JSON.Member(name, .string(text)))
        }
        return SHA256.hash(JSON.object(members).canonicalBytes)
    }
}
