import Primitives

/// A public key for X25519 (RFC 7748): 32 bytes, of which every value is one. Whether it leads to a usable secret shows
/// when a secret is agreed.
public struct X25519PublicKey: Hashable, Sendable {
    /// Bytes of a key.
    public static let byteCount = 32

    /// The encoded u-coordinate, as it was received: HPKE hashes these bytes.
    public let bytes: [UInt8]

    /// A key by its 32 bytes; nil for another length.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == X25519PublicKey.byteCount else { return nil }
        self.bytes = bytes
    }

    /// RFC 7638: SHA-256 over the members of the key's JSON Web Key (RFC 8037 section 2), 32 bytes.
    public var thumbprintBytes: [UInt8] {
        let members: JSON = ["crv": "X25519", "kty": "OKP", "x": .string(Base64.encodeURL(bytes))]
        return SHA256.hash(members.canonicalBytes)
    }

    /// The thumbprint in base64url: the name of this key.
    public var thumbprint: String { Base64.encodeURL(thumbprintBytes) }
}
