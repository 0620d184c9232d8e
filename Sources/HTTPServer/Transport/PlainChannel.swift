import CLinux
import Glibc

/// A TCP socket without encryption.
final class PlainChannel: ByteChannel {
    private let descriptor: CInt

    var isSecure: Bool { false }
    var hasBufferedInput: Bool { false }

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    func handshake() -> Handshake { .complete }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return PlainChannel.transferOfLastError
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        let count = send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        return count > 0 ? .bytes(count) : PlainChannel.transferOfLastError
    }

    func endOutput() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    func close() {}

    private static var transferOfLastError: Transfer {
        let error = linux_errno()
        return error == EAGAIN || error == EINTR ? .wouldBlock : .failed
    }
}
