/// How long a provider may take. A wallet's money is held for the length of a call, so each step has an end.
public enum ProviderLimits {
    /// Connecting, TLS included: two lost SYN packets (1 s + 2 s) and a slow handshake fit well.
    public static let connectMilliseconds: UInt64 = 10_000
    /// From the request to the answer's head. Providers queue requests under load before they answer. A turn waits no
    /// longer for the first word, connecting included.
    public static let firstByteMilliseconds: UInt64 = TurnLimits.startMilliseconds
    /// Between two pieces of the stream. Anthropic sends pings well within that while a model thinks.
    public static let idleMilliseconds: UInt64 = 60_000
    /// A whole call: the longest answers of large models take several minutes.
    public static let totalMilliseconds: UInt64 = 600_000
    /// One event of a stream: text comes in small pieces, so this only stops a provider that lost its mind.
    public static let eventBytes = 1 << 20
    /// Content blocks that may be open at once: the protocol opens one at a time.
    public static let openBlocks = 64
}
