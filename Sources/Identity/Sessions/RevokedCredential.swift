import Primitives

/// A session or API key that was ended: what has to be kept of it so that nobody who remembers it takes it for good.
struct RevokedCredential: Hashable, Sendable {
    /// Under which it is revoked.
    let id: String
    let wallet: WalletID
    /// When it is refused anyway.
    let expiresAt: Timestamp
}
