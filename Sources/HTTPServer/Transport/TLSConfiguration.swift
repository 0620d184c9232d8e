/// The certificate and key that a server shows.
public struct TLSConfiguration: Sendable {
    /// Where PEM text comes from.
    public enum Source: Sendable {
        /// A file's path.
        case file(String)
        /// The text itself.
        case bytes([UInt8])
    }

    /// Where the private key comes from.
    public enum PrivateKey: Sendable {
        /// PEM text, not encrypted: others may hold it too.
        case given(Source)
        /// Made in this process, and nowhere else.
        case inside(TLSKey)
    }

    /// The server's certificate first, then those that lead to a root.
    public var certificateChain: Source
    /// The private key of the first certificate.
    public var privateKey: PrivateKey

    /// A certificate and its key, both given.
    public init(certificateChain: Source, privateKey: Source) {
        self.certificateChain = certificateChain
        self.privateKey = .given(privateKey)
    }

    /// A key of this process, with a certificate for it.
    public init(certificateChain: Source, key: TLSKey) {
        self.certificateChain = certificateChain
        privateKey = .inside(key)
    }
}
