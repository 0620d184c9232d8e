/// Every limit of the transport. Times in milliseconds.
public struct ServerLimits: Sendable {
    /// What the parser takes.
    public var parser = ParserLimits()

    /// From the first byte of a request to the end of its head; for a new connection from its start, TLS handshake
    /// included. In total, not since the last byte: a head that drips a byte a second ends too. Ten seconds carry 16
    /// KiB over the slowest mobile link.
    public var headMilliseconds: UInt64 = 10_000
    /// How often a body is looked at: in each such period `bodyBytesPerPeriod` must arrive, or its end.
    public var bodyPeriodMilliseconds: UInt64 = 10_000
    /// In the first period, where a link may still be waking up.
    public var bodyBytesInFirstPeriod = 512
    /// In each further period. A body slower than this (819 bytes a second, a twentieth of the slowest mobile link)
    /// holds a connection and memory without using them.
    public var bodyBytesPerPeriod = 8 * 1024
    /// A body in all, however steadily it comes. A whole prompt of 1 MiB arrives in it at 140 kbit/s.
    public var bodyMilliseconds: UInt64 = 60_000
    /// Between requests of one connection; then it closes without a word. Common clients give up pooled connections
    /// after 60 to 90 s themselves.
    public var idleMilliseconds: UInt64 = 60_000
    /// Without any progress in sending; then the connection closes. A peer whose window stays shut that long is gone.
    public var writeStallMilliseconds: UInt64 = 30_000
    /// Without bytes on an event stream before a comment is sent. Proxies cut silent streams after 30 to 60 s.
    public var keepAliveMilliseconds: UInt64 = 15_000
    /// After the last answer: how long the peer may take to read it and close before the connection is cut.
    public var lingerMilliseconds: UInt64 = 1_000
    /// After a drain has cancelled the handlers: how long it waits for them to settle what they did.
    public var settleMilliseconds: UInt64 = 2_000

    /// Unsent bytes of a stream at which its writer is suspended: one round trip's worth on a fast link.
    public var highWater = 64 * 1024
    /// Unsent bytes at which it is resumed: enough to keep the socket busy until more comes.
    public var lowWater = 16 * 1024
    /// The rest of a rejected request's body up to this length is read and dropped to keep the connection; a longer one
    /// costs more than a new connection.
    public var discardedBody = 64 * 1024
    /// Bytes read and dropped while lingering: what a peer may have had under way when it was refused.
    public var lingerBytes = 1024 * 1024

    /// Connections in all. At the 16 KiB of an open stream they hold 320 MiB, and they fit the usual hard limit of open
    /// files (2^20) with room to spare.
    public var connections = 20_000
    /// Connections of one IPv4 address or IPv6 /64 network, loopback too: a fifth of all, so that no single holder can
    /// shut the others out, while thousands of clients behind one address translator or a local proxy still fit.
    public var connectionsPerAddress = 4_000

    /// The size of OpenSSL's locked heap, which holds a key for each TLS 1.3 connection. Where less than 30 % of it is
    /// free, TLS connections are refused. The default is the smallest heap that a program here starts with.
    public var lockedHeapBytes = 1 << 20

    /// Request bodies in memory, of all connections together: from their arrival until the handler drops them. Above
    /// it, bodies over 16 KiB are refused with 503.
    public var bufferedBodyBytes = 256 * 1024 * 1024
    /// Answers in memory that sockets have not taken, of all connections together. Above it, whole answers over 16 KiB
    /// become 503, and streams' writers are suspended at `lowWater` instead of `highWater`.
    public var unsentBytes = 256 * 1024 * 1024

    /// The defaults.
    public init() {}

    /// One read from a socket; also what may wait of pipelined requests while one is answered.
    static let readBytes = 64 * 1024
    /// Connections that wait for accept(2).
    static let backlog: Int32 = 4096
    /// Connections taken in one turn, so that a flood of them cannot starve the open ones.
    static let acceptsPerTurn = 64
    /// After accept(2) failed for lack of descriptors or memory: time for some to be freed.
    static let acceptPauseMilliseconds: UInt64 = 100
    /// Pipelined requests that are rejected by their heads alone, in one turn: a read of 64 KiB can hold over a
    /// thousand, and answering them all would hold up the loop for milliseconds.
    static let rejectionsPerTurn = 64
    /// Bytes handed to one socket in one turn: a fast reader must not keep the loop to itself.
    static let bytesPerTurn = 512 * 1024
    /// A body up to this size is copied behind its head and sent in one call; copying more costs more than a call.
    static let joinedBody = 16 * 1024
    /// A body up to this size is taken whatever the budget says: signing in and asking for state must work under load.
    /// 20,000 connections of such hold 320 MiB.
    static let uncountedBody = 16 * 1024
    /// What a client is told to wait when memory is short: slow peers are cut within the half-minute.
    static let retryAfterSeconds = 5
    /// Buffers above this size are given back once they are empty.
    static let keptCapacity = 4 * 1024
}
