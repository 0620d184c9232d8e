import CCurl
import Glibc

/// The sockets that libcurl holds open on one loop, found again by their two ends: libcurl does not say which socket a
/// request is about to use.
final class ConnectionTable {
    /// The two ends of a connection.
    struct Ends: Hashable {
        let local: SocketAddress
        let remote: SocketAddress
    }

    private var unknown: Set<CInt> = []
    private var socketByEnds: [Ends: CInt] = [:]
    private var endsBySocket: [CInt: Ends] = [:]

    /// How many sockets are open.
    var count: Int { unknown.count + endsBySocket.count }

    /// Opens a socket for libcurl; it is closed by `close`. Returns CURL_SOCKET_BAD when there is none.
    func open(_ family: CInt, _ type: CInt, _ protocolNumber: CInt) -> CInt {
        let descriptor = socket(family, type | CInt(SOCK_CLOEXEC.rawValue), protocolNumber)
        if descriptor >= 0 { unknown.insert(descriptor) }
        return descriptor
    }

    /// Closes a socket that libcurl no longer needs.
    func close(_ descriptor: CInt) -> CInt {
        unknown.remove(descriptor)
        if let ends = endsBySocket.removeValue(forKey: descriptor) { socketByEnds[ends] = nil }
        return Glibc.close(descriptor)
    }

    /// A connection has come about. Its socket is looked for at once: one that was reset has no ends any more.
    func learn() {
        for descriptor in unknown {
            guard let ends = ConnectionTable.ends(of: descriptor) else { continue }
            unknown.remove(descriptor)
            endsBySocket[descriptor] = ends
            socketByEnds[ends] = descriptor
        }
    }

    /// Whether the connection between these ends, idle until now, can carry no request: its peer has closed it or has
    /// sent what nobody asked for. True as well when no such connection is known.
    func isStale(_ ends: Ends?) -> Bool {
        guard let ends, let descriptor = socketByEnds[ends] else { return true }
        return ccurl_stale(descriptor) != 0
    }

    private static func ends(of descriptor: CInt) -> Ends? {
        guard let local = address(descriptor, getsockname), let remote = address(descriptor, getpeername) else {
            return nil
        }
        return Ends(local: local, remote: remote)
    }

    private static func address(
        _ descriptor: CInt, _ ask: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let start = bytes.baseAddress else { return nil }
            let address = start.assumingMemoryBound(to: sockaddr.self)
            guard ask(descriptor, address, &length) == 0 else { return nil }
            return SocketAddress(start, length: Int(length))
        }
    }
}
