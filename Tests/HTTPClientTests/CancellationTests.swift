import HTTPClient
import Primitives
import Testing

@Suite("A reader that goes")
struct CancellationTests {
    /// How soon the server must notice, once in so many attempts: on a busy machine a thread may wait that long to run.
    static let noticeMilliseconds: UInt64 = 100
    static let attempts = 20

    enum Way: CaseIterable {
        case taskInHead, taskInBody, taskWhileHeld, loopLeft, iteratorDropped, bodyDropped, collectLimit, clientClosed
    }

    @Test("The server sees the connection close at once", arguments: Way.allCases)
    func noticed(_ way: Way) async throws {
        for attempt in 1...Self.attempts {
            let late = try await timeToNotice(way)
            if late <= Self.noticeMilliseconds * 1_000_000 { return }
            try #require(attempt < Self.attempts, "\(late) ns")
        }
    }

    /// Nanoseconds from a reader's leaving until the server sees it.
    private func timeToNotice(_ way: Way) async throws -> UInt64 {
        let ready = Signal<Void>()
        let closed = Signal<UInt64>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            if way != .taskInHead {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nfirst")
            }
            if way == .taskWhileHeld {
                _ = connection.writeUntilBlocked([UInt8](repeating: 1, count: 65_536), quiet: 100, limit: 50_000_000)
            }
            ready.send(())
            connection.awaitClose()
            closed.send(Monotonic.nanoseconds())
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let left = try await CancellationTests.leave(by: way, client, server.url(), ready)
        let noticed = try await closed.next()
        return withExtendedLifetime(client) { noticed - min(left, noticed) }
    }

    /// Starts reading and goes away. Returns when it went.
    private static func leave(
        by way: Way, _ client: HTTPClient, _ url: String, _ ready: Signal<Void>
    ) async throws -> UInt64 {
        let request = ClientRequest(url: url)
        switch way {
        case .taskInHead:
            let task = Task { try await client.send(request) }
            try await ready.next()
            return try await cancel(task)
        case .taskInBody:
            let started = Signal<Void>()
            let task = Task {
                for try await _ in try await client.send(request).body { started.send(()) }
            }
            try await started.next()
            return try await cancel(task)
        case .taskWhileHeld:
            let response = try await client.send(request)
            try await ready.next()
            return await Task {
                let now = Monotonic.nanoseconds()
                withUnsafeCurrentTask { $0?.cancel() }
                await #expect(throws: HTTPClientError.cancelled) { try await response.body.makeAsyncIterator().next() }
                return now
            }.value
        case .loopLeft:
            let response = try await client.send(request)
            for try await _ in response.body { break }
            return withExtendedLifetime(response) { Monotonic.nanoseconds() }
        case .iteratorDropped:
            let body = try await client.send(request).body
            _ = try await body.makeAsyncIterator().next()
            return Monotonic.nanoseconds()
        case .bodyDropped:
            _ = try await client.send(request)
            return Monotonic.nanoseconds()
        case .collectLimit:
            let body = try await client.send(request).body
            await #expect(throws: HTTPClientError.tooLarge) { try await body.collect(upTo: 4) }
            return Monotonic.nanoseconds()
        case .clientClosed:
            let body = try await client.send(request).body
            let now = Monotonic.nanoseconds()
            await client.close()
            await #expect(throws: HTTPClientError.cancelled) { try await body.collect(upTo: 100) }
            return now
        }
    }

    private static func cancel<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> UInt64 {
        let now = Monotonic.nanoseconds()
        task.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await task.value }
        return now
    }

    @Test("A task that is already cancelled sends nothing")
    func cancelledBefore() async throws {
        let server = try ScriptedServer { $0.awaitClose() }
        defer { server.stop() }
        let client = try Fixtures.client()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await client.send(ClientRequest(url: server.url()))
        }
        await #expect(throws: HTTPClientError.cancelled) { try await task.value }
        await client.close()
        #expect(server.accepted == 0)
    }

    @Test("A closed client sends nothing more")
    func closedClient() async throws {
        let server = try ScriptedServer { $0.awaitClose() }
        defer { server.stop() }
        let client = try Fixtures.client()
        await client.close()
        await #expect(throws: HTTPClientError.cancelled) {
            try await client.send(ClientRequest(url: server.url()))
        }
        #expect(server.accepted == 0)
    }

    @Test("A body outlives its client")
    func clientDropped() async throws {
        let go = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            go.wait()
            connection.write("ok")
            connection.awaitClose()
        }
        defer { server.stop() }
        let body = try await Fixtures.client().send(ClientRequest(url: server.url())).body
        go.send(())
        #expect(try await body.collect(upTo: 2) == Array("ok".utf8))
    }
}
