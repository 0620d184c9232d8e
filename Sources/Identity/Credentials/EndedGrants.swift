public import Primitives

/// What was revoked, for whoever keeps something open for it.
public enum EndedGrants: Hashable, Sendable {
    /// These credentials, by the ids under which they are revoked.
    case some([String])
    /// Every credential of the wallet, or so many that they are not named.
    case all(of: WalletID)
}
