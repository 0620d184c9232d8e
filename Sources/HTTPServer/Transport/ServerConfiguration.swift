/// Where and how a server listens.
public struct ServerConfiguration: Sendable {
    /// The numeric address to listen on: `127.0.0.1`, `0.0.0.0`, `::1`, `::` (IPv6 and IPv4).
    public var address: String
    /// The port; 0 lets the kernel choose.
    public var port: UInt16
    /// Speak TLS with this certificate; nil for plain HTTP.
    public var tls: TLSConfiguration?
    /// The limits.
    public var limits: ServerLimits

    /// A configuration.
    public init(
        address: String = "127.0.0.1", port: UInt16 = 0, tls: TLSConfiguration? = nil,
        limits: ServerLimits = ServerLimits()
    ) {
        self.address = address
        self.port = port
        self.tls = tls
        self.limits = limits
    }
}
