public import Cryptography

/// The 32 bytes from which every lasting key of this gateway follows. Whoever holds them can open the database's
/// sealed columns; whoever loses them has lost what those columns hold.
public struct RootSecret: Sendable {
    /// Bytes of a root: the strength of every key below it.
    public static let byteCount = 32

    let secret: Secret

    /// Takes the root. Nil unless it is exactly 32 bytes.
    public init?(_ secret: Secret) {
        guard secret.count == RootSecret.byteCount else { return nil }
        self.secret = secret
    }
}
