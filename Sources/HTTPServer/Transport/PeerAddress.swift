import CLinux
import Glibc
public import Primitives

/// The address that a connection came from.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The network address. IPv4 peers of an IPv6 socket are told as IPv4.
    public let address: IPAddress
    /// The port.
    public let port: UInt16

    /// An address and port.
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Where no peer is known: 0.0.0.0:0.
    public static let unspecified = PeerAddress(.v4(0), port: 0)

    /// The address without the port, in its usual text form.
    public var description: String {
        switch address {
        case .v4(let number):
            return (0..<4).map { String(number >> (24 - 8 * UInt32($0)) & 0xFF) }.joined(separator: ".")
        case .v6(let number):
            var raw = in6_addr()
            withUnsafeMutableBytes(of: &raw) { $0.storeBytes(of: number.bigEndian, as: UInt128.self) }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count)) != nil else { return "?" }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// What one holder of addresses is counted by: the IPv4 address, or the /64 network that one IPv6 customer gets.
    var network: IPAddress {
        switch address {
        case .v4: address
        case .v6(let number): .v6((number >> 64) << 64)
        }
    }

    init(_ storage: sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET: self.init(ipv4: storage)
        case AF_INET6: self.init(ipv6: storage)
        default: self = .unspecified
        }
    }

    private init(ipv4 storage: sockaddr_storage) {
        let raw = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
        self.init(.v4(UInt32(bigEndian: raw.sin_addr.s_addr)), port: UInt16(bigEndian: raw.sin_port))
    }

    private init(ipv6 storage: sockaddr_storage) {
        let raw = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in6.self) }
        self.init(IPAddress.v6(UInt128(raw.sin6_addr)).unmapped, port: UInt16(bigEndian: raw.sin6_port))
    }
}
