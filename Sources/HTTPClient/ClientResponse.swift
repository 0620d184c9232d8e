public import HTTPTypes

/// A response whose head is whole and whose body may still be coming.
public struct ClientResponse: Sendable {
    /// The status code, 200...999. A redirect is an answer like any other: it is not followed.
    public let status: Int
    /// The header fields in wire order.
    public let fields: HTTPFields
    /// The body. Letting go of it unread stops the transfer.
    public let body: ClientBody
}
