/// The four time limits of a request.
public enum TimeLimit: Hashable, Sendable {
    /// From `send` until the connection is ready for the request: name lookup, TCP, TLS.
    case connect
    /// From then, or from the last byte of the request that was taken, until the whole head of the response is there.
    case firstByte
    /// Between two arrivals of body bytes. Does not run while the reader itself holds the transfer up.
    case idle
    /// From `send` until the body's last byte.
    case total
}
