import HTTPTypes

/// The head of a final response.
struct ResponseHead: Sendable {
    /// The status code, 200...999.
    var status: Int
    /// The header fields in wire order.
    var fields: HTTPFields
}
