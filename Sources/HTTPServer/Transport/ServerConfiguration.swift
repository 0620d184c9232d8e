public import Primitives

/// Where and how a server listens.
public struct ServerConfiguration: Sendable {
    /// The numeric address to listen on: `127.0.0.1`, `0.0.0.0`, `::1`, `::` (IPv6 and IPv4).
    public var address: String
    /// The port; 0 lets the kernel choose.
    public var port: UInt16
    /// Speak TLS with this certificate; nil for plain HTTP.
    public var tls: TLSConfiguration?
    /// Load balancers that are believed when they tell whose a connection is, with PROXY protocol version 2, and must:
    /// a connection of theirs without it is closed. Anybody else's header is the malformed request that it is.
    public var proxies: [CIDR]
    /// The limits.
    public var limits: ServerLimits

    /// A configuration.
    public init(
        address: String = "127.0.0.1", port: UInt16 = 0, tls: TLSConfiguration? = nil,
        proxies: [CIDR] = [], limits: ServerLimits = ServerLimits()
    ) {
        self.address = address
        self.port = port
        self.tls = tls
        self.proxies = proxies
        self.limits = limits
    }
}
