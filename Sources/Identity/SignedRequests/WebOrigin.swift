/// The origin under which clients reach a gateway: scheme and authority as signatures and proofs name them.
public struct WebOrigin: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// Host in lower case, with the port unless it is the scheme's own (RFC 9110 section 4.2.3).
    public let authority: String

    /// `https://gateway.example:8443`
    public var text: String { "\(scheme)://\(authority)" }
}

extension WebOrigin {
    /// Reads `https://gateway.example:8443`; nil for anything but scheme and authority.
    public init?(_ text: String) {
        let lower = text.lowercased()
        guard let (scheme, port) = [("https", ":443"), ("http", ":80")].first(where: { lower.hasPrefix($0.0 + "://") })
        else { return nil }
        let authority = lower.dropFirst(scheme.utf8.count + 3)
        guard !authority.isEmpty, !authority.contains(where: { "/?#@ ".contains($0) }) else { return nil }
        self.scheme = scheme
        self.authority = String(authority.hasSuffix(port) ? authority.dropLast(port.utf8.count) : authority)
    }
}
