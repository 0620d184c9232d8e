import HTTPTypes

/// The head of a final response.
struct ResponseHead: Sendable {
    /// The status code, 200...999.
    var status: Int
    /// The header fields in wire order.
    var fields: HTTPFields

    /// Whether nothing but the connection's end shows where the body ends (RFC 9112 section 6.3).
    func bodyEndsWithConnection(after method: HTTPMethod) -> Bool {
        let hasBody = method != .head && status != 204 && status != 304
        return hasBody && fields["Content-Length"] == nil && fields["Transfer-Encoding"] == nil
    }
}
