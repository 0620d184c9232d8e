public import Primitives

/// What a caller is counted by: the network that one customer of a provider gets, and the neighbourhood that one
/// provider or company gets. Whoever wants more places than is their share needs addresses elsewhere.
public struct CallerNetwork: Hashable, Sendable {
    /// The /24 of an IPv4 address, the /64 of an IPv6 address; the other bits zero.
    let network: IPAddress
    /// The /16 of an IPv4 address, the /48 of an IPv6 address: a /48 is had for the asking and holds 65,536 networks.
    let neighbourhood: IPAddress

    /// The network that an address lies in.
    public init(of address: IPAddress) {
        switch address.unmapped {
        case .v4(let bits):
            network = .v4((bits >> 8) << 8)
            neighbourhood = .v4((bits >> 16) << 16)
        case .v6(let bits):
            network = .v6((bits >> 64) << 64)
            neighbourhood = .v6((bits >> 80) << 80)
        }
    }
}
