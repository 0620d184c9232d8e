public import Cryptography

/// Why an envelope was not opened.
public enum EnvelopeError: Error, Hashable, Sendable {
    /// Not the length of an envelope.
    case malformed
    /// A version or suite that this program does not know.
    case unknownVersion
    /// It was sealed in another epoch than the key's.
    case otherEpoch
    /// It commits to another key: another signature, or the salt or commitment was altered.
    case otherKey
    /// It commits to this key, but its text, nonce or place (wallet, provider) is not what was sealed.
    case damaged
    /// No place in secret memory.
    case memory(SecretError)
}
