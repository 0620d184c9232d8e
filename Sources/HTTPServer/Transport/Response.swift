public import HTTPTypes

/// An answer. The transport adds what frames it: Content-Length, Transfer-Encoding, Connection; a handler's fields of
/// these names are passed over, and line breaks in a field's value become spaces, so that no value can end the head.
public struct Response: Sendable {
    /// What follows the head. For HEAD requests only the head is sent, and no closure is called.
    public enum Content: Sendable {
        /// A body of known length.
        case bytes([UInt8])
        /// A body that is produced while it is sent. When the closure throws, the connection is closed without a proper
        /// end, so that the peer sees that the body is not whole.
        case stream(contentType: String, @Sendable (BodyWriter) async throws -> Void)
        /// An event stream, kept alive by comments. The closure's task is cancelled once the peer has left.
        case events(@Sendable (EventWriter) async throws -> Void)
    }

    /// The status.
    public var status: HTTPStatus
    /// The fields, without those that frame the message.
    public var fields: HTTPFields
    /// The body.
    public var content: Content

    /// An answer.
    public init(_ status: HTTPStatus, fields: HTTPFields = [:], content: Content = .bytes([])) {
        self.status = status
        self.fields = fields
        self.content = content
    }
}
