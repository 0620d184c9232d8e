/// The receiving end of a context (RFC 9180 section 5.2): opens texts in the order in which they were sealed.
public struct HPKERecipient: ~Copyable, Sendable {
    private let keys: HPKEKeySchedule
    private var sequence: UInt64

    /// Opens the context that `encapsulated` (32 bytes) stands for (section 5.1.1).
    public init(encapsulated: [UInt8], key: X25519PrivateKey, info: [UInt8]) throws(HPKEError) {
        try self.init(encapsulated: encapsulated, key: key, info: info, sequence: 0)
    }

    /// With any number of texts behind it.
    init(encapsulated: [UInt8], key: X25519PrivateKey, info: [UInt8], sequence: UInt64) throws(HPKEError) {
        self.sequence = sequence
        keys = try HPKEKeySchedule(
            sharedSecret: HPKEKeySchedule.decapsulate(encapsulated, with: key), info: info)
    }

    /// The next text. A text that does not open uses up no number: the right one can still follow.
    public mutating func open(_ ciphertext: [UInt8], associated: [UInt8]) throws(HPKEError) -> [UInt8] {
        guard sequence < .max else { throw .messageLimit }
        let plaintext: [UInt8]
        do throws(AESGCMError) {
            plaintext = try AESGCM.open(
                ciphertext, key: keys.key, nonce: keys.nonce(sequence), associated: associated)
        } catch {
            throw HPKEError(error)
        }
        sequence += 1
        return plaintext
    }

    /// The next text, straight into locked memory.
    public mutating func openSecret(_ ciphertext: [UInt8], associated: [UInt8]) throws(HPKEError) -> Secret {
        guard sequence < .max else { throw .messageLimit }
        let plaintext: Secret
        do throws(AESGCMError) {
            plaintext = try AESGCM.openSecret(
                ciphertext, key: keys.key, nonce: keys.nonce(sequence), associated: associated)
        } catch {
            throw HPKEError(error)
        }
        sequence += 1
        return plaintext
    }

    /// A secret of `count` bytes (1 to 8,160, and at most a slot of the arena) that only the other end has too
    /// (section 5.3), bound to `context`.
    public func export(_ context: [UInt8], count: Int) throws(HPKEError) -> Secret {
        try keys.export(context, count: count)
    }
}

extension HPKEError {
    /// The cipher's refusal in the words of this layer.
    fileprivate init(_ error: AESGCMError) {
        self =
            switch error {
            case .malformed: .malformed
            case .notAuthentic: .notAuthentic
            case .memory(let reason): .memory(reason)
            }
    }
}
