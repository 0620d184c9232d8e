public import HTTPTypes

/// A request's line and fields, parsed and checked; the body may still be on its way.
public struct RequestHead: Sendable {
    /// How the body is delimited.
    enum Framing: Hashable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    /// The method.
    public let method: HTTPMethod
    /// The target's path as sent, percent-encoded; starts with "/", or is `*` for OPTIONS.
    public let path: String
    /// What follows the first `?`, as sent; nil without one.
    public let query: String?
    /// The fields in wire order.
    public let fields: HTTPFields
    /// Who sent it.
    public internal(set) var peer = PeerAddress.unspecified
    /// Whether it came over TLS.
    public internal(set) var isSecure = false

    let framing: Framing
    let isHTTP10: Bool
    let expectsContinue: Bool
    let wantsClose: Bool

    /// The announced length of the body: 0 without a body, nil when it comes in chunks.
    public var contentLength: Int? {
        switch framing {
        case .none: 0
        case .length(let count): count
        case .chunked: nil
        }
    }
}

extension RequestHead {
    /// A head as a test of a handler needs it, without a body.
    public init(method: HTTPMethod, path: String, query: String? = nil, fields: HTTPFields = [:]) {
        self.init(
            method: method, path: path, query: query, fields: fields, framing: .none, isHTTP10: false,
            expectsContinue: false, wantsClose: false)
    }
}
