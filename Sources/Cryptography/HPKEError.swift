/// Why hybrid encryption did not come about.
public enum HPKEError: Error, Hashable, Sendable {
    /// The encapsulated key or the ciphertext does not have the length of one.
    case malformed
    /// The other side's key is a point of small order: whoever chose it knows the "shared" secret.
    case smallOrderKey
    /// The text does not open: wrong key, info, associated data or order, or altered bytes. Which one cannot be told.
    case notAuthentic
    /// The context has used up its sequence numbers.
    case messageLimit
    /// No place in secret memory.
    case memory(SecretError)
}
