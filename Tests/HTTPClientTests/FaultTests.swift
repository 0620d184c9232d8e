import HTTPClient
import HTTPTypes
import Testing

@Suite("Broken answers")
struct FaultTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var isReset = false
        /// What the reader gets before the error.
        var body: String?

        init(_ description: String, _ bytes: String, isReset: Bool = false, body: String? = nil) {
            testDescription = description
            self.bytes = bytes
            self.isReset = isReset
            self.body = body
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"

    @Test(
        "A connection that ends too early is a cut, and what came before is not lost",
        arguments: [
            Case("nothing", ""),
            Case("nothing, reset", "", isReset: true),
            Case("half a status line", "HTTP/1.1 2"),
            Case("half a head", ok + "Content-Le"),
            Case("a head without end", ok + "Content-Length: 5\r\n"),
            Case("an interim response only", "HTTP/1.1 100 Continue\r\n\r\n"),
            Case("no body", ok + "Content-Length: 5\r\n\r\n", body: ""),
            Case("a short body", ok + "Content-Length: 5\r\n\r\nfour", body: "four"),
            Case("no chunk", ok + "Transfer-Encoding: chunked\r\n\r\n", body: ""),
            Case("half a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nfou", body: "fou"),
            Case("no last chunk", ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n", body: "four"),
            Case("a last chunk without end", ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n", body: "four"),
        ])
    func cut(_ example: Case) async throws {
        try await expect(.cut, for: example)
    }

    @Test(
        "What is not HTTP/1.1, or could be framed in two ways, is refused",
        arguments: [
            Case("HTTP/0.9", "hello"),
            Case("another protocol", "SSH-2.0-OpenSSH_9\r\n\r\n"),
            Case("HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
            Case("HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n"),
            Case("a short status", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
            Case("a long status", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
            Case("a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
            Case("a switch of protocols", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
            Case("two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            Case("a list of lengths", ok + "Content-Length: 1, 1\r\n\r\na"),
            Case("a signed length", ok + "Content-Length: +1\r\n\r\na"),
            Case("a negative length", ok + "Content-Length: -1\r\n\r\na"),
            Case("a huge length", ok + "Content-Length: 99999999999999999999\r\n\r\na"),
            Case("an empty length", ok + "Content-Length:\r\n\r\na"),
            Case("length and coding", ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Case("another coding", ok + "Transfer-Encoding: gzip\r\n\r\na"),
            Case("two codings", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            Case("a coding twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Case("a coding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            Case("a space before the colon", ok + "Content-Length : 1\r\n\r\na"),
            Case("a line without colon", ok + "Content-Length 1\r\n\r\na"),
            Case("an empty name", ok + ": 1\r\n\r\na"),
            Case("a fold before any field", ok + " a: b\r\n\r\na"),
            Case("a control byte", ok + "X: a\u{01}b\r\n\r\na"),
            Case("a NUL", ok + "X: a\0b\r\n\r\na"),
            Case("a bare CR", ok + "X: a\rY: b\r\n\r\na"),
        ])
    func malformed(_ example: Case) async throws {
        try await expect(.malformedResponse, for: example)
    }

    @Test(
        "Chunks that cannot be read are a cut",
        arguments: [
            Case("no size", ok + "Transfer-Encoding: chunked\r\n\r\n\r\n", body: ""),
            Case("not hexadecimal", ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", body: ""),
            Case("too large", ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n", body: ""),
            Case("no line end after a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab", body: "a"),
        ])
    func chunks(_ example: Case) async throws {
        try await expect(.cut, for: example)
    }

    private func expect(_ expected: HTTPClientError, for example: Case) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write(example.bytes)
            if example.isReset { connection.reset() }
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        var body: [UInt8]?
        do {
            let response = try await client.send(ClientRequest(method: .post, url: server.url()))
            body = []
            for try await piece in response.body { body?.append(contentsOf: piece) }
            Issue.record("the answer was taken")
        } catch {
            #expect(error == expected)
        }
        #expect(body.map { String(decoding: $0, as: UTF8.self) } == example.body)
    }

    @Test("A reset in mid-body is a cut")
    func resetInBody() async throws {
        let taken = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write(Self.ok + "Content-Length: 10\r\n\r\nabc")
            taken.wait()
            connection.reset()
        }
        defer { server.stop() }
        let body = try await Fixtures.client().send(ClientRequest(url: server.url())).body.makeAsyncIterator()
        #expect(try await body.next() == Array("abc".utf8))
        taken.send(())
        await #expect(throws: HTTPClientError.cut) { try await body.next() }
        await #expect(throws: HTTPClientError.cut) { try await body.next() }
    }

    @Test("Nobody listens")
    func refused() async throws {
        let server = try ScriptedServer { _ in }
        server.stop()
        let client = try Fixtures.client()
        await #expect(throws: HTTPClientError.connectFailed(.refused)) {
            try await client.send(ClientRequest(url: server.url()))
        }
    }

    @Test("A name without address")
    func noName() async throws {
        // Refused by the resolver itself, so that no name server is needed.
        let tooLong = String(repeating: "x", count: 64)
        let client = try Fixtures.client()
        await #expect(throws: HTTPClientError.connectFailed(.nameNotResolved)) {
            try await client.send(ClientRequest(url: "http://\(tooLong).test/"))
        }
    }
}
