/// By which key clients know a server, and where that key comes from.
public struct TLSIdentity: Hashable, Sendable {
    /// Where a key comes from.
    public enum Source: String, Sendable {
        /// There is none: plain HTTP.
        case none
        /// It was given, so others may hold it.
        case file
        /// It was made in this process and ends with it.
        case inside
    }

    /// Where the key comes from.
    public let source: Source
    /// SHA-256 of the DER of the certificate's SubjectPublicKeyInfo, 32 bytes: what a client computes over the
    /// certificate that it is shown. Nil without TLS.
    public let spkiSHA256: [UInt8]?

    /// No TLS.
    public static let none = TLSIdentity(source: .none, spkiSHA256: nil)

    /// An identity by its parts. A hash belongs to every source but `none`.
    public init(source: Source, spkiSHA256: [UInt8]?) {
        self.source = source
        self.spkiSHA256 = spkiSHA256
    }
}
