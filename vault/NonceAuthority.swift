public import Database
public import Primitives

/// What the vault needs of whoever issues nonces: each call that carries a signature also carries a nonce, so that a
/// recorded request cannot be sent again. The nonce is not signed: the signed text has to stay the same.
public protocol NonceAuthority: Sendable {
    /// A fresh nonce for calls of `wallet` to the vault. Stores nothing.
    func issue(for wallet: WalletID, at now: Timestamp) -> String

    /// Whether the nonce was issued for this wallet and purpose and has not expired, by looking at it alone: what an
    /// invented one may not set going. Whether it was used before is `consume`'s to say.
    func isGenuine(_ nonce: String, for wallet: WalletID, at now: Timestamp) -> Bool

    /// Uses up the nonce in the caller's transaction. False if it was not issued for this wallet and purpose, has
    /// expired, or was used before.
    func consume(
        _ nonce: String, for wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Bool
}
