public import Database
public import Primitives

/// Nonces for calls to the provider vault, bound to the wallet that asked. They authenticate themselves as those of
/// logins do, and are stored once, when used.
public struct VaultNonces: Sendable {
    private let authority: ChallengeAuthority
    private let random: any RandomSource
    private let used = UsedNonces()

    /// Nonces of `authority`.
    public init(authority: ChallengeAuthority, random: any RandomSource) {
        self.authority = authority
        self.random = random
    }

    /// A fresh nonce for `wallet`. Stores nothing.
    public func issue(for wallet: WalletID, at now: Timestamp) -> String {
        authority.issue(.providerVault, for: .wallet(wallet), at: now, random: random).text
    }

    /// Whether the nonce was issued for this wallet and purpose and has not expired. Whether it was used before is
    /// `consume`'s to say.
    public func isGenuine(_ nonce: String, for wallet: WalletID, at now: Timestamp) -> Bool {
        (try? authority.verify(nonce, .providerVault, by: .wallet(wallet), at: now)) != nil
    }

    /// Uses up the nonce in the caller's transaction. False if it was not issued for this wallet and purpose, has
    /// expired, or was used before.
    public func consume(
        _ nonce: String, for wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Bool {
        do {
            try used.use(authority.verify(nonce, .providerVault, by: .wallet(wallet), at: now), in: tx)
            return true
        } catch is ChallengeError {
            return false
        }
    }
}
