import Ethereum
import Primitives

/// The Sign-In text that the gateway writes for clients that do not write their own. It names the set of keys that may
/// sign the session, as `ChallengeMessage` does.
struct SignInText: Hashable, Sendable {
    let origin: String
    let domain: String
    let wallet: Address
    let chainID: UInt64
    let nonce: String
    let issuedAt: Timestamp
    let expiresAt: Timestamp
    let keySetCommitment: String

    /// The exact text.
    var text: String {
        """
        \(domain) wants you to sign in with your Ethereum account:
        \(wallet.checksummed)

        Log in to Sealgate. This sends no transaction and moves no funds. Session keys: \(keySetCommitment)

        URI: \(origin)
        Version: 1
        Chain ID: \(chainID)
        Nonce: \(nonce)
        Issued At: \(issuedAt.iso8601)
        Expiration Time: \(expiresAt.iso8601)
        """
    }
}
