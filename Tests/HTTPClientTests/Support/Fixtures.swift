import EventLoops
import HTTPClient
import Testing

/// What the suites share.
enum Fixtures {
    /// Two loops for all tests of the module.
    static let group: EventLoopGroup? = try? EventLoopGroup(count: 2, name: "client")

    /// Loopback, where the tests' servers are.
    static let loopback = EgressPolicy(
        allowing: [CIDR(.v4(0x7F00_0000), prefix: 8), CIDR(.v6(1), prefix: 128)])

    /// A client that may reach loopback.
    static func client(
        policy: EgressPolicy = loopback, trust: TrustAnchors = .system,
        connections: ConnectionLimits = ConnectionLimits()
    ) throws -> HTTPClient {
        let group = try #require(group)
        return HTTPClient(group: group, policy: policy, trust: trust, connections: connections)
    }
}

/// One value that a server's thread hands to a test.
struct Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// From any thread.
    func send(_ value: Value) {
        continuation.yield(value)
    }

    /// Waits for the next value.
    func next() async throws -> Value {
        var values = stream.makeAsyncIterator()
        return try #require(await values.next())
    }
}
