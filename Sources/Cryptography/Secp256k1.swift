import CSecp256k1

/// ECDSA on secp256k1 by libsecp256k1: what Ethereum's wallets sign with. Works on 32-byte digests; numbers are
/// big-endian. Safe from any thread.
public enum Secp256k1 {
    /// Bytes of a digest, of a private key, and of each number of a signature.
    public static let scalarBytes = 32
    /// Bytes of a public key, x and y without the leading 04.
    public static let publicKeyBytes = 64

    /// A signature with what is needed to find its key.
    public struct RecoverableSignature: Hashable, Sendable {
        /// 32 bytes, 1 <= r < n.
        public let r: [UInt8]
        /// 32 bytes, 1 <= s <= n/2.
        public let s: [UInt8]
        /// Parity of the nonce point's y (0 or 1); 2 and 3 say that its x was not below n, which does not happen in
        /// practice.
        public let recoveryID: UInt8
    }

    /// One context for the process. It is blinded at birth and never changed again, which makes it safe to share.
    private nonisolated(unsafe) static let context = blindedContext()  // proof: used through const pointers only

    private static func blindedContext() -> OpaquePointer {
        guard let context = sealgate_secp256k1_context() else { preconditionFailure("out of memory") }
        do {
            let seed = try Secret(randomCount: scalarBytes)
            let blinded = seed.withBytes {
                secp256k1_context_randomize(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            precondition(blinded == 1, "libsecp256k1 could not blind its context")
        } catch {
            preconditionFailure("no secret memory at start: \(error)")
        }
        return context
    }

    /// The public key (64 bytes) whose private key made the signature over `digest`; nil if there is none.
    ///
    /// `compact` is r || s, 64 bytes. Says nothing about who was meant: any digest yields some key. A high `s` is taken
    /// here and must be refused before. Recovery ids 2 and 3 are refused. Cost: about 35 us.
    public static func recover(digest: [UInt8], compact: [UInt8], recoveryID: UInt8) -> [UInt8]? {
        guard digest.count == scalarBytes, compact.count == 2 * scalarBytes, recoveryID <= 1 else { return nil }
        var signature = secp256k1_ecdsa_recoverable_signature()
        var key = secp256k1_pubkey()
        let id = CInt(recoveryID)
        guard secp256k1_ecdsa_recoverable_signature_parse_compact(context, &signature, compact, id) == 1,
            secp256k1_ecdsa_recover(context, &key, &signature, digest) == 1
        else { return nil }
        return serialized(&key)
    }

    /// The same for numbers that lie apart, 32 bytes each.
    public static func recover(digest: [UInt8], r: [UInt8], s: [UInt8], recoveryID: UInt8) -> [UInt8]? {
        guard r.count == scalarBytes else { return nil }
        return recover(digest: digest, compact: r + s, recoveryID: recoveryID)
    }

    /// Signs `digest` with a nonce by RFC 6979, so that the same key and digest give the same signature; s is low.
    /// Nil if `key` is not a private key: 32 bytes, 1 <= key < n.
    public static func sign(digest: [UInt8], key: Secret) -> RecoverableSignature? {
        precondition(digest.count == scalarBytes, "a digest has 32 bytes")
        var signature = secp256k1_ecdsa_recoverable_signature()
        let signed = withScalar(of: key) {
            secp256k1_ecdsa_sign_recoverable(context, &signature, digest, $0, nil, nil)
        }
        guard signed == 1 else { return nil }
        var compact = [UInt8](repeating: 0, count: 2 * scalarBytes)
        var recoveryID: CInt = 0
        secp256k1_ecdsa_recoverable_signature_serialize_compact(context, &compact, &recoveryID, &signature)
        return RecoverableSignature(
            r: Array(compact.prefix(scalarBytes)), s: Array(compact.suffix(scalarBytes)),
            recoveryID: UInt8(recoveryID))
    }

    /// Whether the signature over `digest` was made with the private part of `publicKey` (64 bytes). A high s is
    /// refused.
    public static func isValid(r: [UInt8], s: [UInt8], over digest: [UInt8], publicKey: [UInt8]) -> Bool {
        guard digest.count == scalarBytes, r.count == scalarBytes, s.count == scalarBytes,
            publicKey.count == publicKeyBytes
        else { return false }
        var signature = secp256k1_ecdsa_signature()
        var key = secp256k1_pubkey()
        return secp256k1_ec_pubkey_parse(context, &key, [0x04] + publicKey, publicKeyBytes + 1) == 1
            && secp256k1_ecdsa_signature_parse_compact(context, &signature, r + s) == 1
            && secp256k1_ecdsa_verify(context, &signature, digest, &key) == 1
    }

    /// The public key (64 bytes) of a private one; nil if `secret` is not a private key.
    public static func publicKey(of secret: Secret) -> [UInt8]? {
        var key = secp256k1_pubkey()
        let made = withScalar(of: secret) { secp256k1_ec_pubkey_create(context, &key, $0) }
        return made == 1 ? serialized(&key) : nil
    }

    /// Lends 32 bytes of a secret; nil if it has another length.
    private static func withScalar(of secret: Secret, _ body: (UnsafePointer<UInt8>) -> CInt) -> CInt? {
        secret.withBytes { bytes in
            guard bytes.count == scalarBytes, let start = bytes.baseAddress else { return nil }
            return body(start.assumingMemoryBound(to: UInt8.self))
        }
    }

    private static func serialized(_ key: inout secp256k1_pubkey) -> [UInt8] {
        var point = [UInt8](repeating: 0, count: publicKeyBytes + 1)
        var count = point.count
        sealgate_secp256k1_serialize_uncompressed(context, &point, &count, &key)
        return Array(point.dropFirst())
    }
}
