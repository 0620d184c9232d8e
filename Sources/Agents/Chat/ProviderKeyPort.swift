public import Cryptography
public import Database
public import Primitives

/// What a turn needs of the vault.
public protocol ProviderKeyPort: Sendable {
    /// The wallet's key for the provider, as far as `grant` (a login session, or a grant that it signed) may open it.
    /// Throws `ProviderKeyProblem`, or `SecretError.exhausted` when secret memory is full. A turn holds the secret
    /// until its request is made, and from then on only the sender does, for as long as that needs it.
    func openKey(
        for wallet: WalletID, grant: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Secret
}

/// Why there is no key to call a provider with.
public enum ProviderKeyProblem: Error, Hashable, Sendable {
    /// The wallet has stored none.
    case missing
    /// One is stored, but it is not open in this session.
    case locked
    /// This instance is not trusted enough to open it, see the vault's guard.
    case blocked
}
