import HTTPClient
import Primitives
import Testing

@Suite("Which addresses may be connected to")
struct EgressPolicyTests {
    /// First and last address of each refused range, and its neighbours. Nil where the neighbour is refused as well.
    struct Range: CustomTestStringConvertible {
        let before: String?
        let first: String
        let last: String
        let after: String?
        var testDescription: String { "\(first) - \(last)" }

        init(_ before: String?, _ first: String, _ last: String, _ after: String?) {
            self.before = before
            self.first = first
            self.last = last
            self.after = after
        }
    }

    static let ranges = [
        Range(nil, "0.0.0.0", "0.255.255.255", "1.0.0.0"),
        Range("9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"),
        Range("100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"),
        Range("126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"),
        Range("168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"),
        Range("169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"),
        Range("169.253.255.255", "169.254.169.254", "169.254.169.254", "169.255.0.0"),
        Range("172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"),
        Range("191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"),
        Range("192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
        Range("192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"),
        Range("192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"),
        Range("198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"),
        Range("198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"),
        Range("203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"),
        Range("223.255.255.255", "224.0.0.0", "239.255.255.255", nil),
        Range(nil, "240.0.0.0", "255.255.255.255", nil),
    ]

    static let rangesOfIPv6 = [
        Range(nil, "::", "::ffff:0:0", nil),
        Range(nil, "::1", "::1", nil),
        Range(nil, "::808:808", "::808:808", nil),
        Range(nil, "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", nil),
        Range(nil, "100::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"),
        Range(
            "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:200::"),
        Range(nil, "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", nil),
        Range(
            "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db9::"),
        Range(
            "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"
        ),
        Range("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
        Range(nil, "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
        Range(nil, "fd00:ec2::254", "fd00:ec2::254", nil),
        Range(nil, "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
        Range(nil, "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
        Range(nil, "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nil),
    ]

    private func socket(_ text: String) throws -> SocketAddress {
        SocketAddress(try #require(IPAddress(text), "\(text)"), port: 443)
    }

    /// The IPv6 forms of an IPv4 address that reach it: mapped, NAT64 and 6to4.
    private func forms(of text: String) throws -> [SocketAddress] {
        guard case .v4(let bits) = try #require(IPAddress(text)) else { return [] }
        return [
            SocketAddress(.v6(0xFFFF << 32 | UInt128(bits)), port: 443),
            SocketAddress(.v6(0x64_FF9B << 96 | UInt128(bits)), port: 443),
            SocketAddress(.v6(0x2002 << 112 | UInt128(bits) << 80), port: 443),
            SocketAddress(.v6(0x2002 << 112 | UInt128(bits) << 80 | UInt128.max >> 48), port: 443),
        ]
    }

    @Test("Each special range is refused to its edges, its neighbours are not", arguments: ranges + rangesOfIPv6)
    func edges(_ range: Range) throws {
        for inside in [range.first, range.last] { #expect(!EgressPolicy.publicOnly.permits(try socket(inside))) }
        for outside in [range.before, range.after].compactMap({ $0 }) {
            #expect(EgressPolicy.publicOnly.permits(try socket(outside)), "\(outside)")
        }
    }

    @Test("Every IPv6 form of an IPv4 address is judged like the address itself", arguments: ranges)
    func forms(_ range: Range) throws {
        for form in try forms(of: range.first) + forms(of: range.last) {
            #expect(!EgressPolicy.publicOnly.permits(form), "\(form)")
        }
        for outside in [range.before, range.after].compactMap({ $0 }) {
            for form in try forms(of: outside) { #expect(EgressPolicy.publicOnly.permits(form), "\(form)") }
        }
    }

    @Test("Public addresses are permitted", arguments: ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::8a"])
    func publicAddress(text: String) throws {
        #expect(EgressPolicy.publicOnly.permits(try socket(text)))
    }

    @Test("The operator's ranges are permitted to their edges and not beyond")
    func allowed() throws {
        let policy = EgressPolicy(
            allowing: try ["10.1.0.0/16", "127.0.0.1", "fd00::/8"].map { try #require(CIDR($0)) })
        for text in ["10.1.0.0", "10.1.255.255", "127.0.0.1", "::ffff:10.1.2.3", "fd00::", "fdff::1", "8.8.8.8"] {
            #expect(policy.permits(try socket(text)), "\(text)")
        }
        for text in ["10.0.255.255", "10.2.0.0", "127.0.0.2", "::1", "fc00::1", "64:ff9b::10.1.2.3", "2002:a01:203::"] {
            #expect(!policy.permits(try socket(text)), "\(text)")
        }
    }

    @Test("An IPv4-mapped range can be listed by itself")
    func mappedRange() throws {
        let policy = EgressPolicy(allowing: [try #require(CIDR("::ffff:10.0.0.0/104"))])
        #expect(policy.permits(try socket("::ffff:10.0.0.1")))
        #expect(!policy.permits(try socket("10.0.0.1")))
        #expect(!policy.permits(try socket("::ffff:11.0.0.1")) == false, "public either way")
    }
}
