/// A request as signatures see it (RFC 9421 section 2): what was received, raw, at an origin that is configured rather
/// than believed.
public struct SignedMessage: Sendable {
    /// The method, as received.
    public let method: String
    /// Scheme and authority: from the configuration, whatever the request says of them.
    public let origin: WebOrigin
    /// The path as received, never decoded.
    public let path: String
    /// What follows the first `?`, raw; nil without one.
    public let query: String?
    /// Whether there is content, or may be.
    public let hasContent: Bool
    private let values: @Sendable (String) -> [String]

    /// A request. `values` gives the values of all lines of a field in wire order, for a name in lower case.
    public init(
        method: String, origin: WebOrigin, path: String, query: String?, hasContent: Bool,
        values: @escaping @Sendable (String) -> [String]
    ) {
        self.method = method
        self.origin = origin
        self.path = path
        self.query = query
        self.hasContent = hasContent
        self.values = values
    }

    /// All lines of a field as one value (RFC 9421 section 2.1); nil if there is none.
    public func field(_ name: String) -> String? {
        let lines = values(name)
        return lines.isEmpty ? nil : lines.joined(separator: ", ")
    }

    /// The value of a component without parameters; nil if there is no such field, or no such derived component of
    /// requests.
    func component(_ name: String) -> String? {
        switch name {
        case "@method": method
        case "@scheme": origin.scheme
        case "@authority": origin.authority
        case "@path": path.isEmpty ? "/" : path
        case "@query": "?" + (query ?? "")
        case "@request-target": target
        case "@target-uri": origin.text + target
        default: name.hasPrefix("@") ? nil : field(name)
        }
    }

    private var target: String { path + (query.map { "?\($0)" } ?? "") }
}
