/// A request method (RFC 9110 section 9), an upper-case token.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable {
    /// The token as it stands on the wire.
    public let rawValue: String

    /// A method by its token; the server's parser has checked that it is one.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// GET
    public static let get = HTTPMethod(rawValue: "GET")
    /// HEAD
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// POST
    public static let post = HTTPMethod(rawValue: "POST")
    /// PUT
    public static let put = HTTPMethod(rawValue: "PUT")
    /// PATCH
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// DELETE
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// OPTIONS
    public static let options = HTTPMethod(rawValue: "OPTIONS")
    /// TRACE: always refused.
    public static let trace = HTTPMethod(rawValue: "TRACE")
    /// CONNECT: always refused.
    public static let connect = HTTPMethod(rawValue: "CONNECT")
}
