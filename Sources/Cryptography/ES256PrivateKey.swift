import COpenSSL

/// A signing key for JOSE's ES256 (RFC 7518 section 3.4: ECDSA on P-256 with SHA-256).
///
/// It is born here and cannot leave: there is no way to read, write or import it. When the process ends, so does the
/// key. It lies in OpenSSL's locked heap if `SecretArena.prepare` was called before. Safe from any thread.
public struct ES256PrivateKey: Sendable {
    /// Bytes of a signature.
    public static let signatureBytes = 64

    /// The public part.
    public let publicKey: ES256PublicKey
    private let key: P256Key

    /// A fresh key. Cost: about 25 us.
    public static func generate() -> ES256PrivateKey {
        ES256PrivateKey(P256Key(owning: allocated(sealgate_p256_generate()), for: .sign))
    }

    private init(_ key: P256Key) {
        self.key = key
        publicKey = ES256PublicKey(key.shared(for: .verify))
    }

    /// r || s, 64 bytes, each number padded on the left with zeros. Two signatures over one message differ.
    /// Cost: about 16 us.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(message)
        let der = key.withContext { context in
            [UInt8](unsafeUninitializedCapacity: Int(SEALGATE_P256_DER_BYTES)) { der, count in
                count = der.count
                mustSucceed(EVP_PKEY_sign(context, der.baseAddress, &count, digest, digest.count))
            }
        }
        return [UInt8](unsafeUninitializedCapacity: ES256PrivateKey.signatureBytes) { raw, count in
            mustSucceed(sealgate_p256_signature_from_der(der, der.count, raw.baseAddress))
            count = ES256PrivateKey.signatureBytes
        }
    }
}

extension ES256PrivateKey: CustomStringConvertible, CustomReflectable {
    /// Names the key by its public thumbprint.
    public var description: String { "[ES256 private key \(publicKey.thumbprint)]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
