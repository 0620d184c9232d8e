/// Why a key file was not taken.
public enum KeyFileError: Error, Hashable, Sendable {
    /// Not one PEM block (RFC 7468) of the wanted label, or its contents do not have the form that they claim.
    case malformed
    /// A key of another algorithm or encoding than is wanted here.
    case otherKind
    /// No place in secret memory.
    case memory(SecretError)
}
