/// A range of addresses that share their first bits (RFC 4632).
public struct CIDR: Hashable, Sendable {
    /// The first address of the range; the bits after `prefix` are zero.
    public let base: IPAddress
    /// How many leading bits are shared: 0...32 for IPv4, 0...128 for IPv6.
    public let prefix: Int

    /// Reads "10.0.0.0/8", "fd00::/8", or one address alone. Nil when the text is neither, the prefix is too long, or
    /// bits after the prefix are set: "10.1.2.3/8" is more likely a slip than a wish for all of 10/8.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        var prefix = address.bitCount
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let written = Int(parts[1]),
                written <= address.bitCount, String(written) == parts[1]
            else { return nil }
            prefix = written
        }
        guard CIDR.masked(address, prefix) == address else { return nil }
        base = address
        self.prefix = prefix
    }

    /// The range of `prefix` bits around `address`. `prefix` must fit the address's family.
    public init(_ address: IPAddress, prefix: Int) {
        precondition((0...address.bitCount).contains(prefix), "a prefix has at most the address's bits")
        base = CIDR.masked(address, prefix)
        self.prefix = prefix
    }

    /// Whether the range holds `address`. An IPv4 range holds no IPv6 address, not even a mapped one.
    public func contains(_ address: IPAddress) -> Bool {
        address.bitCount == base.bitCount && CIDR.masked(address, prefix) == base
    }

    private static func masked(_ address: IPAddress, _ prefix: Int) -> IPAddress {
        switch address {
        case .v4(let bits): .v4(bits & ~(UInt32.max >> prefix))
        case .v6(let bits): .v6(bits & ~(UInt128.max >> prefix))
        }
    }
}
