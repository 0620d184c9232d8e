import CLinux
import EventLoops
import Glibc

/// A bound, listening TCP socket.
struct ListeningSocket {
    let descriptor: CInt
    let port: UInt16

    /// Who may hold the port already.
    enum Claim {
        /// Nobody: the first socket of a server.
        case first
        /// This server: the sockets of its other loops.
        case further
    }

    /// Binds and listens. Each loop has a queue of its own, and the kernel spreads connections over them: SO_REUSEPORT.
    /// That option alone would let a second server of the same user share the port in silence and get some of the
    /// connections. So the first socket binds and listens without it, which fails while anybody listens there; of
    /// servers that start at one moment, at most one succeeds. It takes the option on afterwards, for its own further
    /// sockets. Connections of an earlier server that wait for their end (TIME_WAIT) are no hindrance: SO_REUSEADDR.
    init(address: String, port: UInt16, claim: Claim) throws(SystemError) {
        var (storage, length) = try ListeningSocket.parse(address, port: port)
        let descriptor = socket(
            CInt(storage.ss_family), CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .last("socket") }
        do throws(SystemError) {
            try ListeningSocket.setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if claim == .further { try ListeningSocket.setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            // Accepted sockets inherit it: no call a connection. Answers are written whole, so nothing is to be
            // gathered.
            try ListeningSocket.setOption(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
            if CInt(storage.ss_family) == AF_INET6 {
                try ListeningSocket.setOption(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 0)
            }
            let bound = withUnsafePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            guard bound == 0 else { throw SystemError.last("bind") }
            guard Glibc.listen(descriptor, ServerLimits.backlog) == 0 else { throw SystemError.last("listen") }
            if claim == .first { try ListeningSocket.setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
            self.port = try ListeningSocket.port(of: descriptor)
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func parse(
        _ address: String, port: UInt16
    ) throws(SystemError) -> (sockaddr_storage, socklen_t) {
        var storage = sockaddr_storage()
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, address, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
            return (storage, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard inet_pton(AF_INET6, address, &six.sin6_addr) == 1 else {
            throw SystemError("inet_pton(\(address))", code: EINVAL)
        }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
        return (storage, socklen_t(MemoryLayout<sockaddr_in6>.size))
    }

    private static func setOption(
        _ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt
    ) throws(SystemError) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0 else {
            throw .last("setsockopt")
        }
    }

    private static func port(of descriptor: CInt) throws(SystemError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard code == 0 else { throw .last("getsockname") }
        return PeerAddress(storage).port
    }
}
