import Primitives
import Cryptography

extension Authenticator {
    /// Whether the token was seen before or carries a good signature and is in time. Asks no database, so it says
    /// nothing of revocation: enough to let a client send a large body, not enough to serve it.
    public func isGenuine(bearer token: String) -> Bool {
        guard token.utf8.count <= TokenVerifier.maximumBytes else { return false }
        let now = clock.now()
        if let known = verified.principal(for: TokenDigest(of: token), at: now) { return known.proofKey == nil }
        if APIKeyText.isAPIKey(token) { return apiKeys.secrets.recognise(token) != nil }
        if WalletTokens.isWalletToken(token) { return (try? walletTokens.verify(token, at: now)) != nil }
        if PeerTokens.isPeerToken(token) { return (try? peerTokens.verify(token, at: now)) != nil }
        return (try? sessionTokens.claims(of: token, at: now)).map { $0.proofKey == nil } ?? false
    }
}
