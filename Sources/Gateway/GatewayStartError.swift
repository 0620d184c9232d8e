/// Why the gateway does not start, with what to do about it. Never quotes a secret.
public struct GatewayStartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The complaint.
    public let description: String

    /// A complaint.
    public init(_ description: String) {
        self.description = description
    }
}
