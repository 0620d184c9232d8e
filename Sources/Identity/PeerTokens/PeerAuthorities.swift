public import Cryptography

/// What is thought of other gateways, for whoever has to believe their tokens. Plugged in from outside: this module
/// knows neither evidence nor how to fetch it.
public protocol PeerAuthorities: Sendable {
    /// What the gateway with the origin `issuer` (exact) is worth now. Asked for every token.
    func standing(of issuer: String) -> PeerStanding
    /// A token came under a key that is not among those of `issuer`: a peer that started again has new ones. Anybody
    /// can send such a token, so whoever acts on it has to bound how often. Must not block.
    func missedKey(of issuer: String)
}

/// What a gateway is worth as an issuer of tokens.
public enum PeerStanding: Sendable {
    /// No peer of this gateway's.
    case stranger
    /// A peer, but not one whose tokens are taken now.
    case notTrusted
    /// Tokens under these keys are taken: keys that the peer's evidence names, never keys that it merely publishes.
    case attested(TokenKeySet)
}
