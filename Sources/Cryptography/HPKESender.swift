/// The sending end of a context (RFC 9180 section 5.2): seals texts one after the other. It cannot be copied, because
/// two copies would use one nonce twice.
public struct HPKESender: ~Copyable, Sendable {
    /// `enc`: goes to the recipient once, before the first text; 32 bytes.
    public let encapsulated: [UInt8]
    private let keys: HPKEKeySchedule
    private var sequence: UInt64

    /// Opens a context to a public key, with a fresh ephemeral key (section 5.1.1).
    public init(to recipient: X25519PublicKey, info: [UInt8]) throws(HPKEError) {
        let ephemeral: X25519PrivateKey
        do throws(SecretError) {
            ephemeral = try X25519PrivateKey.generate()
        } catch {
            throw .memory(error)
        }
        try self.init(to: recipient, info: info, ephemeral: ephemeral)
    }

    /// With an ephemeral key that is given, as published vectors do, and any number of texts behind it.
    init(
        to recipient: X25519PublicKey, info: [UInt8], ephemeral: X25519PrivateKey, sequence: UInt64 = 0
    ) throws(HPKEError) {
        self.sequence = sequence
        encapsulated = ephemeral.publicKey.bytes
        keys = try HPKEKeySchedule(
            sharedSecret: HPKEKeySchedule.encapsulate(ephemeral, to: recipient), info: info)
    }

    /// The ciphertext of the next text, followed by its tag.
    public mutating func seal(_ plaintext: [UInt8], associated: [UInt8]) throws(HPKEError) -> [UInt8] {
        AESGCM.seal(plaintext, key: keys.key, nonce: try nextNonce(), associated: associated)
    }

    /// The ciphertext of the next text, a secret, followed by its tag.
    public mutating func seal(_ plaintext: Secret, associated: [UInt8]) throws(HPKEError) -> [UInt8] {
        AESGCM.seal(plaintext, key: keys.key, nonce: try nextNonce(), associated: associated)
    }

    /// A secret of `count` bytes (1 to 8,160, and at most a slot of the arena) that only the other end has too
    /// (section 5.3), bound to `context`.
    public func export(_ context: [UInt8], count: Int) throws(HPKEError) -> Secret {
        try keys.export(context, count: count)
    }

    private mutating func nextNonce() throws(HPKEError) -> [UInt8] {
        guard sequence < .max else { throw .messageLimit }
        defer { sequence += 1 }
        return keys.nonce(sequence)
    }
}
