/// A gateway without peers: every other gateway is a stranger.
public struct NoPeers: PeerAuthorities {
    /// Nobody.
    public init() {}

    /// A stranger.
    public func standing(of issuer: String) -> PeerStanding { .stranger }

    /// Nothing is done.
    public func missedKey(of issuer: String) {}
}
