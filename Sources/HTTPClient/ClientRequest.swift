public import HTTPTypes

/// A request to send.
public struct ClientRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// An absolute http or https URL, percent-encoded. A fragment is cut off; the path is sent as written.
    public var url: String
    /// Header fields in order. Host, lengths and connection fields are the client's own.
    public var fields: [(String, String)]
    /// Header fields whose values are secrets; sent after `fields`.
    public var secretFields: [SecretField]
    /// The body; empty for none. Content-Length is sent for every method that has one.
    public var body: [UInt8]
    /// Limits of time and size.
    public var limits: ClientLimits
    /// SHA-256 over the DER SubjectPublicKeyInfo that the server's own certificate must carry (RFC 7469 section 2.4),
    /// or nil.
    ///
    /// A pin narrows trust, it never widens it: the chain must still lead to a trusted anchor, the host must match and
    /// the dates must hold. To accept a self-signed server known by its key alone, also add its certificate as a
    /// trust anchor. A pin on an http URL is refused (`.badURL`).
    public var pinnedKeySHA256: [UInt8]?

    /// A request; everything but the URL may be left out.
    public init(
        method: HTTPMethod = .get, url: String, fields: [(String, String)] = [], secretFields: [SecretField] = [],
        body: [UInt8] = [], limits: ClientLimits = ClientLimits(), pinnedKeySHA256: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.secretFields = secretFields
        self.body = body
        self.limits = limits
        self.pinnedKeySHA256 = pinnedKeySHA256
    }
}
