import Glibc
public import Primitives

/// Where a connection goes: an Internet address and a port.
public struct SocketAddress: Hashable, Sendable {
    /// The address.
    public let address: IPAddress
    /// The TCP port.
    public let port: UInt16

    /// An address and a port.
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Takes over the kernel's form. Nil for a family other than IPv4 and IPv6, or when `length` is too short for it.
    init?(_ start: UnsafeRawPointer, length: Int) {
        guard length >= MemoryLayout<sockaddr>.size else { return nil }
        // The family stands first in every form of the address.
        switch CInt(start.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let socket = start.loadUnaligned(as: sockaddr_in.self)
            self.init(.v4(UInt32(bigEndian: socket.sin_addr.s_addr)), port: UInt16(bigEndian: socket.sin_port))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let socket = start.loadUnaligned(as: sockaddr_in6.self)
            self.init(.v6(UInt128(socket.sin6_addr)), port: UInt16(bigEndian: socket.sin6_port))
        default:
            return nil
        }
    }
}
