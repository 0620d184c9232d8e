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
        let taken = PortTaken(address: "127.0.0.1", port: same.port)
        await #expect(throws: taken) { _ = try await start(same) }
        await #expect(throws: PortTaken(address: "0.0.0.0", port: same.port)) {
            _ = try await start(ServerConfiguration(address: "0.0.0.0", port: same.port))
        }
        #expect("\(taken)".hasPrefix("port \(same.port) of 127.0.0.1 is taken"))
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

    /// The kernel may refuse both of two that listen at one moment. What must not be is that both begin.
    @Test("of many servers that start on one port at one moment, at most one gets it")
    func race() async throws {
        var winners = 0
        for _ in 0..<20 {
            let (server, group) = try await start(ServerConfiguration())
            await server.drain(withinMilliseconds: 0)
            group.stop()
            let same = ServerConfiguration(port: UInt16(server.port))
            let started = await withTaskGroup(of: (HTTPServer, EventLoopGroup)?.self) { tasks in
                for _ in 0..<4 {
                    tasks.addTask {
                        do {
                            return try await start(same)
                        } catch {
                            #expect(error as? PortTaken == PortTaken(address: "127.0.0.1", port: same.port))
                            return nil
                        }
                    }
                }
                return await tasks.reduce(into: [(HTTPServer, EventLoopGroup)]()) { found, next in
                    if let next { found.append(next) }
                }
            }
            #expect(started.count <= 1)
            winners += started.count
            for (server, group) in started {
                await server.drain(withinMilliseconds: 0)
                group.stop()
            }
        }
        #expect(winners > 0)
    }

    @Test("shares the port with no other process, and takes it over past connections that wait for their end")
    func otherProcess() async throws {
        let (server, group) = try await start(ServerConfiguration())
        let configuration = ServerConfiguration(port: UInt16(server.port))
        let client = try RawClient(port: server.port)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(try client.answer().status == 200)
        // A process of its own, as a second gateway would be.
        await #expect(processExitsWith: .exitCode(7)) { [port = configuration.port as UInt16] in
            do {
                let group = try EventLoopGroup(count: 2, name: "second")
                _ = try await HTTPServer.start(
                    ServerConfiguration(port: port), on: group, handler: TestHandler.echo)
            } catch let error as PortTaken where error.port == port {
                exit(7)
            }
        }
        await server.drain(withinMilliseconds: 0)
        group.stop()
        // Our side closed first, so that its end of the connection is still there.
        let (next, nextGroup) = try await start(configuration)
        #expect(next.port == server.port)
        await next.drain(withinMilliseconds: 0)
        nextGroup.stop()
    }
}
