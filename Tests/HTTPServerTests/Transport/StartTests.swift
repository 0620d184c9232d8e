import EventLoops
import Glibc
import Testing

@testable import HTTPServer

@Suite("Starting a server", .serialized)
struct StartTests {
    private func start(_ configuration: ServerConfiguration) async throws -> (HTTPServer, EventLoopGroup) {
        let group = try EventLoopGroup(count: 2, name: "start")
        do {
            return (try await HTTPServer.start(configuration, on: group, handler: TestHandler.echo), group)
        } catch {
            group.stop()
            throw error
        }
    }

    @Test("listens on IPv6 and IPv4 when told `::`")
    func dualStack() async throws {
        let (server, group) = try await start(ServerConfiguration(address: "::"))
        let client = try RawClient(port: server.port)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 200)
        await server.drain(withinMilliseconds: 0)
        group.stop()
    }

    @Test("fails on an address that is none, or not ours")
    func badAddress() async throws {
        for (address, error) in [
            ("localhost", SystemError("inet_pton(localhost)", code: EINVAL)),
            ("192.0.2.1", SystemError("bind", code: EADDRNOTAVAIL)),
        ] {
            await #expect(throws: error) { _ = try await start(ServerConfiguration(address: address)) }
        }
    }

    @Test("fails on a port that another server has, and gets it once that one is gone")
    func portInUse() async throws {
        let (server, group) = try await start(ServerConfiguration())
        let same = ServerConfiguration(port: UInt16(server.port))
        await #expect(throws: SystemError("bind", code: EADDRINUSE)) { _ = try await start(same) }
        let client = try RawClient(port: server.port)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().status == 200)
        await server.drain(withinMilliseconds: 0)
        let (second, secondGroup) = try await start(same)
        #expect(second.port == server.port)
        await second.drain(withinMilliseconds: 0)
        group.stop()
        secondGroup.stop()
    }
}
