public import HTTPTypes

/// Finds the `BearerToken` of a request (RFC 6750 section 2.1).
public enum BearerToken {
    /// The token of `Authorization: Bearer ...`. Throws `unauthorized` if there is none, more than one, or another
    /// scheme.
    public static func read(from fields: HTTPFields) throws(APIError) -> String {
        let values = fields.values(of: "Authorization")
        guard values.count == 1, let value = values.first else {
            throw APIError(.unauthorized, reason: values.isEmpty ? "no_token" : "two_tokens")
        }
        guard let space = value.utf8.firstIndex(of: UInt8(ascii: " ")),
            HTTPFields.same(String(value[..<space]), "bearer")
        else { throw APIError(.unauthorized, reason: "scheme") }
        return String(value[value.utf8.index(after: space)...])
    }
}
