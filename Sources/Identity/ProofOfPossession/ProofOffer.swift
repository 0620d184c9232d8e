/// A DPoP proof as a request brought it, and what it has to be about.
public struct ProofOffer: Sendable {
    /// The value of the field `DPoP`.
    public let text: String
    /// The request's method.
    public let method: String
    /// The request's path, raw; the origin is the gateway's own.
    public let path: String

    /// A proof of the request with this method and path.
    public init(_ text: String, method: String, path: String) {
        self.text = text
        self.method = method
        self.path = path
    }
}
