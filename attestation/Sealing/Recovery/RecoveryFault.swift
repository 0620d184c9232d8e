public import Cryptography

/// Why a root secret was not split, or not put together again. Shares are named by their index, so that the right
/// person can be asked.
public enum RecoveryFault: Error, Hashable, Sendable {
    /// k and n are not 1 <= k <= n <= 16, the secret is not 32 bytes, the gateway's name is not one, or a recovery key
    /// is one that everybody can open.
    case badParameters
    /// Not the text or document of a share or a set: wrong length, letter, member or number.
    case malformed
    /// A share's text has a slip of the pen: its checksum does not fit.
    case checksum
    /// Fewer shares than are needed.
    case tooFew(have: Int, need: Int)
    /// Two shares have this index.
    case duplicate(index: Int)
    /// The share at this index was made for another set.
    case otherSet(index: Int)
    /// The share at this index says that it is of this set, and is not the one that was made.
    case altered(index: Int)
    /// The shares give a secret that is not the one that was split. It is thrown away.
    case wrongRoot
    /// A sealed share was made for another key, gateway or place, or was altered.
    case notOpened(index: Int)
    /// No place in secret memory.
    case memory(SecretError)
}
