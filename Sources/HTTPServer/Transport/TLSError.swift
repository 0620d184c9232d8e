import COpenSSL

/// Why certificate and key cannot be used.
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file could not be read: its path and the system's reason.
    case unreadable(path: String, reason: String)
    /// There is no certificate in the PEM text.
    case noCertificate
    /// There is no private key in the PEM text, or it is encrypted.
    case noPrivateKey
    /// The private key is not the first certificate's. For a key that was made inside, the certificate must hold its
    /// very encoding, for its hash is what clients are told.
    case keyDoesNotMatch
    /// A certificate cannot be installed while the server runs: its key was not made inside.
    case keyNotInside
    /// OpenSSL refused, with its reason.
    case refused(String)

    /// For start-up messages.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .noCertificate: "the certificate file holds no PEM certificate"
        case .noPrivateKey: "the key file holds no unencrypted PEM private key"
        case .keyDoesNotMatch: "the private key does not belong to the certificate"
        case .keyNotInside: "only a key that was made inside takes another certificate while the server runs"
        case .refused(let reason): "OpenSSL: \(reason)"
        }
    }

    /// A short name for logs, without path or reason.
    public var code: String {
        switch self {
        case .unreadable: "unreadable"
        case .noCertificate: "no_certificate"
        case .noPrivateKey: "no_private_key"
        case .keyDoesNotMatch: "key_does_not_match"
        case .keyNotInside: "key_not_inside"
        case .refused: "refused"
        }
    }

    /// OpenSSL's own word for what just failed on this thread; its error queue is emptied.
    static var ofOpenSSL: TLSError {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        ERR_clear_error()
        return .refused(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
