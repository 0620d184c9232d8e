public import Glibc

/// An Internet address, without port.
public enum IPAddress: Hashable, Sendable {
    /// IPv4, most significant byte first: 127.0.0.1 is 0x7F00_0001.
    case v4(UInt32)
    /// IPv6, most significant byte first: ::1 is 1.
    case v6(UInt128)

    /// Reads "192.0.2.1" or "2001:db8::1" (RFC 4291 section 2.2), without brackets, zone or port. Nil for anything
    /// else, including IPv4 shorthand such as "127.1".
    public init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self = .v6(UInt128(v6))
        } else {
            return nil
        }
    }

    /// How many bits the address has: 32 or 128.
    public var bitCount: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// What a connection to this address really goes to: the kernel sends ::ffff:a.b.c.d over IPv4 (RFC 4291
    /// section 2.5.5.2). Every other address is itself.
    public var unmapped: IPAddress {
        guard case .v6(let bits) = self, bits >> 32 == 0xFFFF else { return self }
        return .v4(UInt32(truncatingIfNeeded: bits))
    }
}

extension UInt128 {
    /// The address as a number, most significant byte first.
    public init(_ address: in6_addr) {
        self = withUnsafeBytes(of: address) { bytes in bytes.reduce(0) { $0 << 8 | UInt128($1) } }
    }
}
