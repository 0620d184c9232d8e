import CLinux
import COpenSSL
import Glibc

/// TLS over a TCP socket, by OpenSSL.
final class TLSChannel: ByteChannel {
    private let ssl: OpaquePointer
    private let descriptor: CInt
    private let context: TLSContext
    /// After a fatal error OpenSSL forbids further calls on the session, the closing one included.
    private var isBroken = false

    var isSecure: Bool { true }
    /// Read-ahead may leave whole records behind.
    var hasBufferedInput: Bool { !isBroken && SSL_has_pending(ssl) == 1 }

    /// Nil when there is no memory.
    init?(_ context: TLSContext, _ descriptor: CInt) {
        guard let ssl = SSL_new(context.pointer) else { return nil }
        guard SSL_set_fd(ssl, descriptor) == 1 else {
            SSL_free(ssl)
            return nil
        }
        SSL_set_accept_state(ssl)
        self.ssl = ssl
        self.descriptor = descriptor
        self.context = context
    }

    deinit {
        SSL_free(ssl)
    }

    func handshake() -> Handshake {
        ERR_clear_error()
        let code = SSL_do_handshake(ssl)
        if code == 1 { return .complete }
        switch SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        default:
            isBroken = true
            return .failed
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let code = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        return code == 1 ? .bytes(count) : transfer(of: code)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard !isBroken else { return .failed }
        ERR_clear_error()
        var count = 0
        let code = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        return code == 1 ? .bytes(count) : transfer(of: code)
    }

    func endOutput() {
        if !isBroken, SSL_is_init_finished(ssl) == 1 {
            ERR_clear_error()
            SSL_shutdown(ssl)
        }
        shutdown(descriptor, CInt(SHUT_WR))
    }

    func close() {
        isBroken = true
    }

    private func transfer(of code: CInt) -> Transfer {
        switch SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            return .failed
        }
    }
}
