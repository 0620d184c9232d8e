import EventLoops
import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("Draining a server", .serialized)
struct DrainTests {
    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("closes idle connections at once and accepts no more")
    func idle() async throws {
        try await withServer(loops: 2) { server in
            var clients: [RawClient] = []
            for _ in 0..<6 {
                let client = try RawClient(port: server.port)
                try client.send(DrainTests.request)
                #expect(try client.answer().status == 200)
                clients.append(client)
            }
            let start = Monotonic.nanoseconds()
            await server.drain(withinMilliseconds: 60_000)
            #expect(Monotonic.nanoseconds() - start < 5_000_000_000)
            for client in clients { #expect(try client.isAtEnd()) }
            #expect(throws: RawClient.Failure.self) { _ = try RawClient(port: server.port) }
            #expect(server.statistics.openConnections == 0)
            // A second drain finds nothing to do.
            await server.drain(withinMilliseconds: 60_000)
        }
    }

    @Test("lets a running request end and says that the connection closes")
    func running() async throws {
        let started = Reports<Void>()
        let gate = Gate()
        let handler = TestHandler { _ in
            started.report(())
            await gate.wait()
            return .text(Task.isCancelled ? "cancelled" : "done")
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send(DrainTests.request)
            _ = await started.next()
            async let drained: Void = server.drain(withinMilliseconds: 60_000)
            await eventually { (try? RawClient(port: server.port)) == nil }
            gate.open()
            let answer = try client.answer()
            #expect(answer.text == "done")
            #expect(answer.fields["Connection"] == "close")
            #expect(try client.isAtEnd())
            await drained
        }
    }

    @Test("reads a request to its end that had begun")
    func halfRequest() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(try client.answer().status == 100)
            async let drained: Void = server.drain(withinMilliseconds: 60_000)
            await eventually { (try? RawClient(port: server.port)) == nil }
            try client.send("done")
            let answer = try client.answer()
            #expect(answer.text == "POST / - done")
            #expect(answer.fields["Connection"] == "close")
            await drained
        }
    }

    @Test("gives streams their time, then cancels them and waits until they have settled")
    func streams() async throws {
        let settled = Reports<Bool>()
        let handler = TestHandler { _ in
            Response(
                200,
                content: .events { writer in
                    try await writer.send(ServerSentEvent(data: "started"))
                    while !Task.isCancelled { try? await Task.sleep(nanoseconds: 3_600_000_000_000) }  // pause: slow
                    // Shielded from the cancellation, as the settling of money is.
                    await Task { try? await Task.sleep(nanoseconds: 50_000_000) }.value  // pause: slow
                    settled.report(true)
                })
        }
        try await withServer(handler, limits: { $0.settleMilliseconds = 60_000 }) { server in
            let client = try RawClient(port: server.port)
            try client.send(DrainTests.request)
            _ = try client.readHead()
            #expect(try client.readChunk() == Array("data: started\n\n".utf8))
            let start = Monotonic.nanoseconds()
            await server.drain(withinMilliseconds: 40)
            #expect(Monotonic.nanoseconds() - start >= 90_000_000)
            #expect(await settled.next() == true)
            #expect(try client.readChunk() == [])
            #expect(try client.isAtEnd())
        }
    }

    @Test("does not wait for ever for a handler that ignores its cancellation, or a peer that does not read")
    func stubborn() async throws {
        let gate = Gate()
        let ended = Reports<Void>()
        let large = [UInt8](repeating: 1, count: 16 << 20)
        let handler = TestHandler { request in
            if request.path == "/large" { return Response(200, content: .bytes(large)) }
            await Task { await gate.wait() }.value
            ended.report(())
            return .text("too late")
        }
        try await withServer(handler, limits: { $0.settleMilliseconds = 50 }) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET /stubborn HTTP/1.1\r\nHost: a\r\n\r\n")
            let unread = try RawClient(port: server.port, receiveBuffer: 65_536)
            try unread.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            await eventually { server.statistics.requests == 2 }
            await server.drain(withinMilliseconds: 20)
            #expect(server.statistics.openConnections == 0)
            #expect(try client.isAtEnd())
            gate.open()
            _ = await ended.next()
        }
    }
}
