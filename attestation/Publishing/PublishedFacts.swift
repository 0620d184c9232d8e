public import Cryptography

/// What a gateway has to say about itself at a moment, apart from the callers' nonces.
public struct PublishedFacts: Sendable {
    /// The public origin.
    public let gateway: String
    /// SHA-256 of the running program's file.
    public let codeHash: CodeHash
    /// The session keys, the active one first.
    public let keys: TokenKeySet
    /// The commitment to them that login texts name.
    public let keySetCommitment: String
    /// The key of the port.
    public let tls: TLSKeyFact
    /// The settings that trust rests on.
    public let trust: StatedTrust

    /// The key to which clients seal secrets.
    public let sealingKey: X25519PublicKey?

    /// Facts.
    public init(
        gateway: String, codeHash: CodeHash, keys: TokenKeySet, keySetCommitment: String, tls: TLSKeyFact,
        trust: StatedTrust = .none, sealingKey: X25519PublicKey? = nil
    ) {
        self.gateway = gateway
        self.codeHash = codeHash
        self.keys = keys
        self.keySetCommitment = keySetCommitment
        self.tls = tls
        self.trust = trust
        self.sealingKey = sealingKey
    }
}
