import Glibc

/// A server on a loopback port that answers the first connection with fixed bytes and closes it: for what the
/// simulator, which speaks proper HTTP, cannot do.
final class RawServer: Sendable {
    struct Failure: Error {}

    let port: UInt16
    private let listener: CInt

    /// Answers with `bytes` after the first piece of the request has come.
    init(answering bytes: [UInt8]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isReady else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(listener: listener, answer: bytes))
        pthread_create(&thread, nil, { RawServer.serve($0) }, work.toOpaque())
        pthread_detach(thread)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private final class Work {
        let listener: CInt
        let answer: [UInt8]

        init(listener: CInt, answer: [UInt8]) {
            self.listener = listener
            self.answer = answer
        }
    }

    private static func serve(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        defer { close(work.listener) }
        while true {
            let connection = accept(work.listener, nil, nil)
            guard connection >= 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            _ = read(connection, &buffer, buffer.count)
            _ = work.answer.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            shutdown(connection, Int32(SHUT_WR))
            while read(connection, &buffer, buffer.count) > 0 {}
            close(connection)
        }
    }
}
