/// The certificate and key that a server shows.
public struct TLSConfiguration: Sendable {
    /// Where PEM text comes from.
    public enum Source: Sendable {
        /// A file's path.
        case file(String)
        /// The text itself.
        case bytes([UInt8])
    }

    /// The server's certificate first, then those that lead to a root.
    public var certificateChain: Source
    /// The private key of the first certificate, not encrypted.
    public var privateKey: Source

    /// A certificate and its key.
    public init(certificateChain: Source, privateKey: Source) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}

/// Why certificate and key cannot be used.
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file could not be read: its path and the system's reason.
    case unreadable(path: String, reason: String)
    /// There is no certificate in the PEM text.
    case noCertificate
    /// There is no private key in the PEM text, or it is encrypted.
    case noPrivateKey
    /// The private key is not the first certificate's.
    case keyDoesNotMatch
    /// OpenSSL refused, with its reason.
    case refused(String)

    /// For start-up messages.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .noCertificate: "the certificate file holds no PEM certificate"
        case .noPrivateKey: "the key file holds no unencrypted PEM private key"
        case .keyDoesNotMatch: "the private key does not belong to the certificate"
        case .refused(let reason): "OpenSSL: \(reason)"
        }
    }
}
