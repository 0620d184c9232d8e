import EventLoops
import HTTPClient
import Primitives
import Testing

/// What the suites share.
enum Fixtures {
    /// Two loops for all tests of the module.
    static let group: EventLoopGroup? = try? EventLoopGroup(count: 2, name: "client")

    /// One loop, hence one pool of connections, for tests that count them.
    static let oneLoop: EventLoopGroup? = try? EventLoopGroup(count: 1, name: "single")

    /// A thread for tests that must wait for other programs: what else runs must not wait with them.
    static let helper: EventLoop? = (try? EventLoopGroup(count: 1, name: "helper"))?.next()

    /// Loopback, where the tests' servers are.
    static let loopback = EgressPolicy(
        allowing: [CIDR(.v4(0x7F00_0000), prefix: 8), CIDR(.v6(1), prefix: 128)])

    /// A client that may reach loopback.
    static func client(
        on group: EventLoopGroup? = group, policy: EgressPolicy = loopback, trust: TrustAnchors = .system,
        connections: ConnectionLimits = ConnectionLimits()
    ) throws -> HTTPClient {
        let group = try #require(group)
        return HTTPClient(group: group, policy: policy, trust: trust, connections: connections)
    }
}
