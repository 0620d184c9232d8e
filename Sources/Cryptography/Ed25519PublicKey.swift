import CSodium
import Primitives

/// A key that verifies Ed25519 signatures (RFC 8032 section 5.1), by libsodium. Safe from any thread.
///
/// libsodium refuses keys of small order, points and scalars that are not in canonical form, and nothing else: what it
/// accepts, every other strict verifier accepts.
public struct Ed25519PublicKey: Hashable, Sendable {
    /// Bytes of a key.
    public static let byteCount = 32

    /// The encoded point, 32 bytes.
    public let bytes: [UInt8]
    /// RFC 7638 over the key's JSON Web Key (RFC 8037 section 2), in base64url: the name of this key.
    public let thumbprint: String

    /// A key by its 32 bytes; nil for another length, a point of small order or one not in canonical form.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Ed25519PublicKey.byteCount, crypto_core_ed25519_is_valid_point(bytes) == 1 else {
            return nil
        }
        self.bytes = bytes
        let members: JSON = ["crv": "Ed25519", "kty": "OKP", "x": .string(Base64.encodeURL(bytes))]
        thumbprint = Base64.encodeURL(SHA256.hash(members.canonicalBytes))
    }

    /// Reads a public key as `openssl pkey -pubout` writes it: one PEM block `PUBLIC KEY` that holds an Ed25519
    /// SubjectPublicKeyInfo (RFC 8410 section 4), and nothing after it but a line end.
    public init(pem: [UInt8]) throws(KeyFileError) {
        let der = try PEMBlock.body(of: pem, label: "PUBLIC KEY")
        guard der.starts(with: Ed25519PublicKey.prefix) else { throw .otherKind }
        guard let key = Ed25519PublicKey(Array(der.dropFirst(Ed25519PublicKey.prefix.count))) else {
            throw .malformed
        }
        self = key
    }

    /// The key as `openssl pkey -pubin` reads it.
    public var pem: String {
        PEMBlock.text(Ed25519PublicKey.prefix + bytes, label: "PUBLIC KEY")
    }

    /// Whether `signature` (64 bytes) is one over `message`. Cost: below 100 us.
    public func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
        guard signature.count == Ed25519PrivateKey.signatureBytes else { return false }
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
    }

    /// SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING (33) } up to the key's own bytes.
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
}
