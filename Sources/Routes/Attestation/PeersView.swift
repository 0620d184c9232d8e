public import Attestation

/// What a gateway thinks of its peers, to be shown.
public struct PeersView: Sendable {
    /// A gateway without peers.
    public static let none = PeersView(isStrict: true, peers: [])

    /// Whether a peer that is not trusted is neither called nor believed.
    public let isStrict: Bool
    /// The peers, in the order of the configuration.
    public let peers: [PeerTrust]

    /// A view.
    public init(isStrict: Bool, peers: [PeerTrust]) {
        self.isStrict = isStrict
        self.peers = peers
    }

    /// The worst of the states: trusted only if all are.
    var state: PeerState {
        let states = Set(peers.map(\.state))
        if states.contains(.degradedNoAttestation) { return .degradedNoAttestation }
        return states.contains(.degradedHashMismatch) ? .degradedHashMismatch : .trusted
    }
}
