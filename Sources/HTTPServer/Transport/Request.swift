public import HTTPTypes

/// A whole request: head and body.
public struct Request: Sendable {
    /// The line and fields.
    public let head: RequestHead
    /// The body; empty if there is none.
    public let body: RequestBytes

    /// The method.
    public var method: HTTPMethod { head.method }
    /// The target's path as sent, percent-encoded; starts with "/", or is `*` for OPTIONS.
    public var path: String { head.path }
    /// What follows the first `?`, as sent; nil without one.
    public var query: String? { head.query }
    /// The fields in wire order.
    public var fields: HTTPFields { head.fields }
    /// Who sent it.
    public var peer: PeerAddress { head.peer }
    /// Whether it came over TLS.
    public var isSecure: Bool { head.isSecure }

    /// A request.
    public init(_ head: RequestHead, body: RequestBytes = .empty) {
        self.head = head
        self.body = body
    }
}
