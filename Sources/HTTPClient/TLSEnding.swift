import CCurl
import COpenSSL

/// Notices whether the peer ends a TLS connection in good order, with a close_notify alert (RFC 8446 section 6.1).
///
/// libcurl takes any end of a connection for the end of a body that has no other; over TLS, anyone on the way could
/// then cut it short unnoticed.
final class TLSEnding {
    /// Whether the alert has come.
    private(set) var hasCome = false

    /// Frees an ending together with the connection that it watches.
    private static let place = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nil, nil, nil) { _, ending, _, _, _, _ in
        if let ending { Unmanaged<TLSEnding>.fromOpaque(ending).release() }
    }

    /// Watches the connection that a transfer is using; called from within libcurl. Nil when it has no TLS.
    init?(of easy: EasyHandle) {
        guard let connection = ccurl_tls(easy.pointer).map({ OpaquePointer($0) }), TLSEnding.place >= 0 else {
            return nil
        }
        let kept = Unmanaged.passRetained(self)
        guard SSL_set_ex_data(connection, TLSEnding.place, kept.toOpaque()) == 1 else {
            kept.release()
            return nil
        }
        SSL_set_info_callback(connection) { connection, event, alert in
            let closeNotify: CInt = 1 << 8  // a warning (1), number 0
            guard event == SSL_CB_READ_ALERT, alert == closeNotify,
                let ending = SSL_get_ex_data(connection, TLSEnding.place)
            else { return }
            Unmanaged<TLSEnding>.fromOpaque(ending).takeUnretainedValue().hasCome = true
        }
    }
}
