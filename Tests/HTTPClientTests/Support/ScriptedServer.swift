import CLinux
import Foundation
import Synchronization

/// A server on 127.0.0.1 that does to each connection what the test's script says, on a thread of its own.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let accepts = Atomic<Int>(0)
    private let script: @Sendable (ScriptedConnection) -> Void

    /// Listens on a free port. The script gets each connection with its number, from 0; the connection is closed when
    /// the script returns.
    init(backlog: CInt = 128, script: @escaping @Sendable (ScriptedConnection) -> Void) throws {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        if backlog > 0 { Thread.detachNewThread { self.acceptAll() } }
    }

    /// Connections accepted so far.
    var accepted: Int { accepts.load(ordering: .acquiring) }

    /// "http://127.0.0.1:port" and `path`.
    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Accepts nothing more. Connections live on.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func acceptAll() {
        while true {
            let descriptor = accept(self.listener, nil, nil)
            guard descriptor >= 0 else { return }
            let number = accepts.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
            Thread.detachNewThread { [script] in
                let connection = ScriptedConnection(descriptor, number: number)
                script(connection)
                connection.close()
            }
        }
    }
}
