public import Cryptography

/// What a verifier knows for itself and compares a bundle with. What is nil is not compared, and the verdict says so.
public struct BundleExpectations: Sendable {
    /// What is known of the TLS key of the connection that the bundle came over.
    public enum ConnectionKey: Sendable {
        /// There was no TLS, or the bundle came from a file.
        case none
        /// SHA-256 of the SubjectPublicKeyInfo that the peer proved to hold.
        case spkiSHA256([UInt8])
        /// The peer was asked to prove the key of the statement, and did, or did not.
        case proved(Bool)
    }

    /// The nonce that was sent.
    public var nonce: CallerNonce?
    /// The session keys as fetched from `/.well-known/jwks.json`.
    public var keys: TokenKeySet?
    /// The key that the evidence has to be about; else that of `keys` or of the bundle itself.
    public var activeKey: String?
    /// The origin that was asked.
    public var gateway: String?
    /// The TLS key of the connection.
    public var connectionKey = ConnectionKey.none

    /// Nothing is expected.
    public init() {}
}
