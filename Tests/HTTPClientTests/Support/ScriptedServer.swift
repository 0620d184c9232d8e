import CLinux
import Foundation
import Synchronization

/// A server on 127.0.0.1 that does to each connection what the test's script says, on a thread of its own.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let accepts = Counter()
    private let isStopped = Atomic<Bool>(false)

    /// Listens on a free port. The script gets each connection with its number, from 0; the connection is closed when
    /// the script returns.
    init(script: @escaping @Sendable (ScriptedConnection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [accepts] in ScriptedServer.acceptAll(descriptor, accepts, script) }
    }

    /// Connections accepted so far.
    var accepted: Int { accepts.value }

    /// "http://127.0.0.1:port" and `path`.
    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Accepts nothing more. Connections live on.
    func stop() {
        if !isStopped.exchange(true, ordering: .acquiringAndReleasing) { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private static func acceptAll(
        _ listener: CInt, _ accepts: Counter, _ script: @escaping @Sendable (ScriptedConnection) -> Void
    ) {
        defer { close(listener) }
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            // Programs that other tests start must not keep the connection open.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let number = accepts.add()
            Thread.detachNewThread {
                let connection = ScriptedConnection(descriptor, number: number)
                script(connection)
                connection.close()
            }
        }
    }
}
