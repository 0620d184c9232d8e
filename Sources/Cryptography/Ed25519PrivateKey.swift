import CSodium

/// A signing key for Ed25519 (RFC 8032 section 5.1), by libsodium. Signatures are a function of key and message: the
/// same release signed twice gives the same bytes, and no bad random number can give the key away.
///
/// Its bytes lie in secret memory. Safe from any thread.
public struct Ed25519PrivateKey: Sendable {
    /// Bytes of a signature.
    public static let signatureBytes = 64
    /// Bytes of a seed, which is all there is to a private key.
    public static let seedBytes = 32

    /// The public part.
    public let publicKey: Ed25519PublicKey
    /// libsodium's form: seed, then public key.
    private let expanded: Secret

    /// A key by its seed of 32 bytes.
    public init(seed: Secret) throws(SecretError) {
        precondition(seed.count == Ed25519PrivateKey.seedBytes, "an Ed25519 seed has 32 bytes")
        var point = [UInt8](repeating: 0, count: Ed25519PublicKey.byteCount)
        expanded = try Secret(count: 64) { expanded in
            seed.withBytes { _ = crypto_sign_seed_keypair(&point, expanded.octets, $0.octets) }
        }
        guard let key = Ed25519PublicKey(point) else { preconditionFailure("a seed gives a point of the curve") }
        publicKey = key
    }

    /// Reads an unencrypted key as `openssl genpkey -algorithm ed25519` writes it: one PEM block `PRIVATE KEY` that
    /// holds an Ed25519 key (RFC 8410 section 7, version 1). `pem` is the caller's to wipe.
    public init(pem: [UInt8]) throws(KeyFileError) {
        var der = try PEMBlock.body(of: pem, label: "PRIVATE KEY")
        defer { Wipe.bytes(&der) }
        guard der.starts(with: Ed25519PrivateKey.prefix) else { throw .otherKind }
        guard der.count == Ed25519PrivateKey.prefix.count + Ed25519PrivateKey.seedBytes else { throw .malformed }
        do throws(SecretError) {
            let seed = try Secret(count: Ed25519PrivateKey.seedBytes) { seed in
                der.withUnsafeBytes { seed.copyMemory(from: .init(rebasing: $0[Ed25519PrivateKey.prefix.count...])) }
            }
            try self.init(seed: seed)
        } catch {
            throw .memory(error)
        }
    }

    /// The signature over `message`, 64 bytes. Cost: below 40 us.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519PrivateKey.signatureBytes)
        let result = expanded.withBytes {
            crypto_sign_detached(&signature, nil, message, UInt64(message.count), $0.octets)
        }
        precondition(result == 0, "Ed25519 signing cannot fail")
        return signature
    }

    /// SEQUENCE { INTEGER 0, SEQUENCE { 1.3.101.112 }, OCTET STRING { OCTET STRING (32) } } up to the seed.
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
}

extension Ed25519PrivateKey: CustomStringConvertible, CustomReflectable {
    /// Names the key by its public thumbprint.
    public var description: String { "[Ed25519 private key \(publicKey.thumbprint)]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
