/// What is written in a vault's log. The raw value is what the owner reads and hashes.
public enum AuditAction: String, CaseIterable, Sendable {
    /// A ciphertext is about to be written outside the database. Without a later row it came to nothing.
    case storing
    /// A secret was saved under a signature.
    case stored
    /// A secret was saved under the gateway's own key.
    case storedUnsigned
    /// A scope was opened for the grant.
    case unlocked
    /// A scope was closed by its owner.
    case locked
    /// A secret was used for the wallet, as a chat does.
    case used
    /// A secret was shown to its owner.
    case shown
    /// A secret was deleted.
    case deleted
    /// A copy under the gateway's own key was sealed under the signature as well.
    case migrated
    /// A copy under the gateway's own key was deleted, as the signature is proven.
    case unsignedDeleted
    /// A sealed secret that the wallet's signature no longer opens was dropped for its copy under the gateway's key.
    case reverted
    /// A signature was seen to be the same in another login.
    case proven
    /// Every secret of a purpose was sealed anew in the next epoch.
    case rotated
}
