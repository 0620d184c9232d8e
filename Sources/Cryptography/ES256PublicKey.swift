import COpenSSL
public import Primitives

/// Why a JSON Web Key was not taken.
public enum JWKError: String, Error, Hashable, Sendable {
    /// Not an object, or a required member is missing or of another type.
    case malformed
    /// Another key type, curve, algorithm or use than is wanted here.
    case unsupported
    /// The coordinates are not a point of the curve.
    case notOnCurve
    /// A private member is present: whoever sent it has lost the key.
    case privateKey
    /// Two keys of a set share a `kid`.
    case duplicateKey
}

/// A key that verifies ES256 signatures. Equal when the points are equal. Safe from any thread.
public struct ES256PublicKey: Sendable {
    /// The point's first coordinate, 32 bytes.
    public let x: [UInt8]
    /// The point's second coordinate, 32 bytes.
    public let y: [UInt8]
    /// RFC 7638: SHA-256 over the key's required members, 32 bytes.
    public let thumbprintBytes: [UInt8]
    /// The thumbprint in base64url: the `kid` of this key.
    public let thumbprint: String
    private let key: P256Key

    /// A key that holds a point of the curve.
    init(_ key: P256Key) {
        let point = key.point
        self.key = key
        x = Array(point[1...32])
        y = Array(point[33...64])
        let members = ES256PublicKey.requiredMembers(x: x, y: y)
        thumbprintBytes = SHA256.hash(members.canonicalBytes)
        thumbprint = Base64.encodeURL(thumbprintBytes)
    }

    /// Reads a JSON Web Key (RFC 7517, RFC 7518 section 6.2): an EC key on P-256 for ES256 signatures, whose point is
    /// checked to lie on the curve. A private member is refused; unknown ones are ignored, as the RFC asks.
    public init(jwk: JSON) throws(JWKError) {
        guard jwk.members != nil, let type = jwk["kty"]?.string else { throw .malformed }
        guard jwk["d"] == nil else { throw .privateKey }
        guard type == "EC", jwk["crv"]?.string == "P-256",
            jwk["alg"].map({ $0.string == "ES256" }) ?? true, jwk["use"].map({ $0.string == "sig" }) ?? true,
            jwk["key_ops"].map({ $0.array?.contains("verify") == true }) ?? true
        else { throw .unsupported }
        guard let x = ES256PublicKey.coordinate(jwk["x"]), let y = ES256PublicKey.coordinate(jwk["y"]) else {
            throw .malformed
        }
        guard let key = sealgate_p256_public([4] + x + y) else {
            forgetErrors()
            throw .notOnCurve
        }
        self.init(P256Key(owning: key, for: .verify))
    }

    /// RFC 7518 section 6.2.1.2: exactly the curve's length, also when that takes leading zeros.
    private static func coordinate(_ member: JSON?) -> [UInt8]? {
        guard let text = member?.string, let bytes = Base64.decodeURL(text), bytes.count == 32 else { return nil }
        return bytes
    }

    private static func requiredMembers(x: [UInt8], y: [UInt8]) -> JSON {
        ["crv": "P-256", "kty": "EC", "x": .string(Base64.encodeURL(x)), "y": .string(Base64.encodeURL(y))]
    }

    /// The key as it is published, with `kid` (the thumbprint), `alg` and `use`.
    public var jwk: JSON {
        var members = ES256PublicKey.requiredMembers(x: x, y: y).members ?? []
        members += [
            JSON.Member("kid", .string(thumbprint)), JSON.Member("alg", "ES256"), JSON.Member("use", "sig"),
        ]
        return .object(members)
    }

    /// Whether `signature` (r || s, exactly 64 bytes) is one over `message`.
    /// s may be high, as JOSE has no rule against it: a signature's text is no replay key. Cost: about 45 us.
    public func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == ES256PrivateKey.signatureBytes else { return false }
        var der = [UInt8](repeating: 0, count: Int(SEALGATE_P256_DER_BYTES))
        let count = sealgate_p256_signature_to_der(signature, &der)
        guard count > 0 else { return false }
        let digest = SHA256.hash(message)
        let valid = key.withContext { EVP_PKEY_verify($0, der, Int(count), digest, digest.count) == 1 }
        if !valid { forgetErrors() }
        return valid
    }
}

extension ES256PublicKey: Hashable {
    /// Whether both are the same point.
    public static func == (left: ES256PublicKey, right: ES256PublicKey) -> Bool {
        left.x == right.x && left.y == right.y
    }

    /// Feeds the point.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(x)
        hasher.combine(y)
    }
}
