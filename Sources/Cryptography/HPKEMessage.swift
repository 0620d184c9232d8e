/// What a single-shot seal gives (section 6.1).
public struct HPKEMessage: Hashable, Sendable {
    /// `enc`: the sender's ephemeral public key, 32 bytes.
    public let encapsulated: [UInt8]
    /// The ciphertext followed by its tag of 16 bytes.
    public let ciphertext: [UInt8]

    /// A message by its parts.
    public init(encapsulated: [UInt8], ciphertext: [UInt8]) {
        self.encapsulated = encapsulated
        self.ciphertext = ciphertext
    }

    /// A message by its bytes, `enc` then ciphertext; nil if they are too few for an empty text.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= HPKE.encapsulatedBytes + AESGCM.tagBytes else { return nil }
        encapsulated = Array(bytes.prefix(HPKE.encapsulatedBytes))
        ciphertext = Array(bytes.dropFirst(HPKE.encapsulatedBytes))
    }

    /// `enc` then ciphertext.
    public var bytes: [UInt8] { encapsulated + ciphertext }
}
