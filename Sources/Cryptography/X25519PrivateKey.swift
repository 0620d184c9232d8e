import CSodium

/// A private key for X25519 (RFC 7748 section 5), by libsodium, in secret memory. Safe from any thread.
public struct X25519PrivateKey: Sendable {
    /// Bytes of a key and of an agreed secret.
    public static let byteCount = 32

    /// The public part.
    public let publicKey: X25519PublicKey
    private let scalar: Secret

    /// A fresh key.
    public static func generate() throws(SecretError) -> X25519PrivateKey {
        X25519PrivateKey(scalar: try Secret(randomCount: byteCount))
    }

    /// A key by its 32 bytes; they are clamped in use (section 5), so any value will do.
    public init(scalar: Secret) {
        precondition(scalar.count == X25519PrivateKey.byteCount, "an X25519 key has 32 bytes")
        self.scalar = scalar
        var point = [UInt8](repeating: 0, count: X25519PublicKey.byteCount)
        scalar.withBytes { _ = crypto_scalarmult_base(&point, $0.octets) }
        guard let key = X25519PublicKey(point) else { preconditionFailure("32 bytes are a key") }
        publicKey = key
    }

    /// The raw shared secret (section 6.1), 32 bytes: input for a key derivation, not a key. Nil when the other side
    /// gave a point of small order, for which the secret would be all zeros whatever our key is (RFC 9180 section 7.1.4
    /// asks for the refusal). Cost: below 100 us.
    func agree(with other: X25519PublicKey) throws(SecretError) -> Secret? {
        var good = false
        let shared = try Secret(count: X25519PrivateKey.byteCount) { shared in
            let result = scalar.withBytes { crypto_scalarmult(shared.octets, $0.octets, other.bytes) }
            // libsodium's own refusal, and the check that the RFC words.
            good = result == 0 && sodium_is_zero(shared.octets, shared.count) == 0
        }
        return good ? shared : nil
    }
}

extension X25519PrivateKey: CustomStringConvertible, CustomReflectable {
    /// Names the key by its public thumbprint.
    public var description: String { "[X25519 private key \(publicKey.thumbprint)]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
