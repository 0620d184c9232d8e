public import Primitives

/// Which addresses outgoing connections may go to: the public Internet, and what the operator lists.
///
/// The client asks when it opens a socket, after the name was resolved, so a name that resolves to something else the
/// second time (DNS rebinding) gains nothing. What is refused stands in the IANA special-purpose registries, with two
/// additions: all of IPv6 outside 2000::/3 (nothing public is assigned there), and the one public address at which a
/// cloud serves its guests' metadata.
public struct EgressPolicy: Sendable {
    /// The public Internet and nothing else.
    public static let publicOnly = EgressPolicy(allowing: [])

    private let allowed: [CIDR]

    /// The public Internet, and `allowed` in addition. An IPv4 range also covers its IPv4-mapped IPv6 form, because
    /// the kernel sends that over IPv4; forms that a translator would have to unpack must be listed themselves.
    public init(allowing allowed: [CIDR]) {
        self.allowed = allowed
    }

    /// Whether a connection to `address` may be opened. The port plays no part.
    public func permits(_ address: SocketAddress) -> Bool {
        let target = address.address.unmapped
        return allowed.contains { $0.contains(target) || $0.contains(address.address) } || Self.isPublic(target)
    }

    private static func isPublic(_ address: IPAddress) -> Bool {
        switch address {
        case .v4: !refusedIPv4.contains { $0.contains(address) }
        case .v6(let bits): isPublic(IPv6: bits)
        }
    }

    private static func isPublic(IPv6 bits: UInt128) -> Bool {
        let address = IPAddress.v6(bits)
        if translated.contains(address) { return isPublic(.v4(UInt32(truncatingIfNeeded: bits))) }
        if sixToFour.contains(address) { return isPublic(.v4(UInt32(truncatingIfNeeded: bits >> 80))) }
        return globalUnicast.contains(address) && !refusedIPv6.contains { $0.contains(address) }
    }
}

extension EgressPolicy {
    /// RFC 6052: NAT64's well-known prefix; the last 32 bits are the IPv4 address.
    private static let translated = CIDR(.v6(0x0064_FF9B << 96), prefix: 96)
    /// RFC 3056: 6to4; the 32 bits after the prefix are the IPv4 address.
    private static let sixToFour = CIDR(.v6(0x2002 << 112), prefix: 16)
    /// RFC 4291 section 2.4 as IANA assigns it. Leaves out ::/96 (unspecified, loopback, IPv4-compatible),
    /// 64:ff9b:1::/48, 100::/64, fc00::/7, fe80::/10, fec0::/10 and ff00::/8.
    private static let globalUnicast = CIDR(.v6(0x2000 << 112), prefix: 3)

    private static let refusedIPv4 = [
        CIDR(.v4(0x0000_0000), prefix: 8),  // this network, unspecified (RFC 791)
        CIDR(.v4(0x0A00_0000), prefix: 8),  // 10/8 private (RFC 1918)
        CIDR(.v4(0x6440_0000), prefix: 10),  // 100.64/10 carrier-grade NAT (RFC 6598)
        CIDR(.v4(0x7F00_0000), prefix: 8),  // 127/8 loopback
        CIDR(.v4(0xA83F_8110), prefix: 32),  // 168.63.129.16 Azure's host services
        CIDR(.v4(0xA9FE_0000), prefix: 16),  // 169.254/16 link-local, with 169.254.169.254 metadata (RFC 3927)
        CIDR(.v4(0xAC10_0000), prefix: 12),  // 172.16/12 private (RFC 1918)
        CIDR(.v4(0xC000_0000), prefix: 24),  // 192.0.0/24 protocol assignments (RFC 6890)
        CIDR(.v4(0xC000_0200), prefix: 24),  // 192.0.2/24 documentation (RFC 5737)
        CIDR(.v4(0xC058_6300), prefix: 24),  // 192.88.99/24 6to4 relays, withdrawn (RFC 7526)
        CIDR(.v4(0xC0A8_0000), prefix: 16),  // 192.168/16 private (RFC 1918)
        CIDR(.v4(0xC612_0000), prefix: 15),  // 198.18/15 benchmarks (RFC 2544)
        CIDR(.v4(0xC633_6400), prefix: 24),  // 198.51.100/24 documentation (RFC 5737)
        CIDR(.v4(0xCB00_7100), prefix: 24),  // 203.0.113/24 documentation (RFC 5737)
        CIDR(.v4(0xE000_0000), prefix: 4),  // 224/4 multicast (RFC 5771)
        CIDR(.v4(0xF000_0000), prefix: 4),  // 240/4 reserved, with 255.255.255.255 broadcast (RFC 1112, RFC 919)
    ]

    private static let refusedIPv6 = [
        CIDR(.v6(0x2001 << 112), prefix: 23),  // protocol assignments, with Teredo 2001::/32, benchmarks, ORCHID
        CIDR(.v6(0x2001_0DB8 << 96), prefix: 32),  // documentation (RFC 3849)
        CIDR(.v6(0x3FFF << 112), prefix: 20),  // documentation (RFC 9637)
    ]
}
