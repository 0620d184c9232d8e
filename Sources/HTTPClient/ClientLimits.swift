/// What one request may take in time and size.
public struct ClientLimits: Hashable, Sendable {
    /// `TimeLimit.connect` in milliseconds. 10 s: three SYN packets and a slow TLS handshake.
    public var connectMilliseconds: UInt64
    /// `TimeLimit.firstByte` in milliseconds. 60 s: a model that thinks before it streams.
    public var firstByteMilliseconds: UInt64
    /// `TimeLimit.idle` in milliseconds. 60 s: streaming providers send keep-alive comments well below that.
    public var idleMilliseconds: UInt64
    /// `TimeLimit.total` in milliseconds, or nil: a stream may run for long as long as it moves.
    public var totalMilliseconds: UInt64?
    /// Bytes of the response's head, status line and interim responses included; trailers count, too. 64 KiB.
    public var headBytes: Int
    /// Field lines in the response's head. 128.
    public var headFields: Int
    /// Bytes of the response's body, or nil: what is unread is bounded all the same (`ClientBody`).
    public var bodyBytes: Int?

    /// The limits of a request; each default is explained at its property.
    public init(
        connectMilliseconds: UInt64 = 10_000, firstByteMilliseconds: UInt64 = 60_000,
        idleMilliseconds: UInt64 = 60_000, totalMilliseconds: UInt64? = nil, headBytes: Int = 65_536,
        headFields: Int = 128, bodyBytes: Int? = nil
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.firstByteMilliseconds = firstByteMilliseconds
        self.idleMilliseconds = idleMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.headBytes = headBytes
        self.headFields = headFields
        self.bodyBytes = bodyBytes
    }
}
