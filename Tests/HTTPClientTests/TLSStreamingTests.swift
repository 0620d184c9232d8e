import HTTPClient
import HTTPTypes
import Primitives
import Testing

@Suite("A streamed response over TLS")
struct TLSStreamingTests {
    private func client() async throws -> HTTPClient {
        let authority = try await TestCertificates.shared().pem("authority")
        return try Fixtures.client(on: Fixtures.oneLoop, trust: .only(pem: authority))
    }

    @Test("A body without length is whole only when TLS says so", arguments: [false, true])
    func ending(cutsOff: Bool) async throws {
        let backend = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n\r\nas far as it goes")
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend, cutsOff: cutsOff)
        let body = try await client().send(ClientRequest(url: server.url())).body
        if cutsOff {
            await #expect(throws: HTTPClientError.cut) { try await body.collect(upTo: 100) }
        } else {
            #expect(try await body.collect(upTo: 100) == Array("as far as it goes".utf8))
        }
    }

    @Test("A reader that does not read stops the server, and gets all of it later")
    func backPressure() async throws {
        let total = 64 << 20
        let blocked = Signal<Int>()
        let backend = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let sent = connection.writeUntilBlocked([UInt8](repeating: 7, count: 65_536), quiet: 200, limit: total)
            blocked.send(sent)
            connection.write([UInt8](repeating: 7, count: total - sent))
            connection.awaitClose()
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend)
        let response = try await client().send(ClientRequest(url: server.url()))
        #expect(try await blocked.next() < 32 << 20)
        var count = 0
        for try await piece in response.body { count += piece.count }
        #expect(count == total)
    }

    @Test("The server sees a reader's leaving at once")
    func cancelled() async throws {
        for attempt in 1...CancellationTests.attempts {
            let late = try await timeToNotice()
            if late <= CancellationTests.noticeMilliseconds * 1_000_000 { return }
            try #require(attempt < CancellationTests.attempts, "\(late) ns")
        }
    }

    private func timeToNotice() async throws -> UInt64 {
        let closed = Signal<UInt64>()
        let backend = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n\r\nfirst")
            connection.awaitClose()
            closed.send(Monotonic.nanoseconds())
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend)
        let client = try await client()
        for try await _ in try await client.send(ClientRequest(url: server.url())).body { break }
        let left = Monotonic.nanoseconds()
        let noticed = try await closed.next()
        return withExtendedLifetime(client) { noticed - min(left, noticed) }
    }

    @Test("A connection is kept, and left alone once the server has closed it")
    func reuse() async throws {
        let requests = Counter()
        let closed = Signal<Void>()
        let backend = try ScriptedServer { connection in
            for _ in 0..<3 {
                guard connection.readHead() != nil else { return }
                requests.add()
                _ = connection.read(1)
                connection.write("HTTP/1.1 204 No Content\r\n\r\n")
            }
            connection.close()
            closed.send(())
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend)
        let client = try await client()
        for round in 1...3 {
            for _ in 0..<3 {
                let request = ClientRequest(method: .post, url: server.url(), body: [1])
                #expect(try await client.send(request).status == 204)
            }
            try await closed.next()
            // The server before the backend needs a moment to pass the end on; without it the race is the server's.
            try await Task.sleep(for: .milliseconds(300))  // pause: a peer that is slow on purpose
            #expect(requests.value == 3 * round)
            #expect(backend.accepted == round)
        }
    }
}
