import HTTPClient
import HTTPTypes
import Testing

@Suite("Size limits")
struct SizeLimitTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let limits: ClientLimits
        let answer: String
        let fits: Bool

        init(_ description: String, _ limits: ClientLimits, _ answer: String, fits: Bool) {
            testDescription = description
            self.limits = limits
            self.answer = answer
            self.fits = fits
        }
    }

    /// A head of exactly `bytes` bytes.
    static func head(bytes: Int) -> String {
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: "
        return start + String(repeating: "x", count: bytes - start.utf8.count - 4) + "\r\n\r\n"
    }

    static func fields(_ count: Int, trailers: Int = 0) -> String {
        let lines = (1..<count).map { "X-\($0): y\r\n" }.joined()
        let end = (0..<trailers).map { "T-\($0): y\r\n" }.joined()
        return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(lines)\r\n0\r\n\(end)\r\n"
    }

    static let length = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
    static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"

    static let cases = [
        Case("a head one byte below", ClientLimits(headBytes: 500), head(bytes: 499), fits: true),
        Case("a head at the limit", ClientLimits(headBytes: 500), head(bytes: 500), fits: true),
        Case("a head one byte above", ClientLimits(headBytes: 500), head(bytes: 501), fits: false),
        Case("the default head limit", ClientLimits(), head(bytes: 65_536), fits: true),
        Case("above the default head limit", ClientLimits(), head(bytes: 65_537), fits: false),
        Case("one field below", ClientLimits(headFields: 10), fields(9), fits: true),
        Case("fields at the limit", ClientLimits(headFields: 10), fields(10), fits: true),
        Case("one field above", ClientLimits(headFields: 10), fields(11), fits: false),
        Case("fields and trailers at the limit", ClientLimits(headFields: 10), fields(8, trailers: 2), fits: true),
        Case("one trailer above", ClientLimits(headFields: 10), fields(8, trailers: 3), fits: false),
        Case("a body below its limit", ClientLimits(bodyBytes: 11), length, fits: true),
        Case("a body at its limit", ClientLimits(bodyBytes: 10), length, fits: true),
        Case("a body above its limit", ClientLimits(bodyBytes: 9), length, fits: false),
        Case("chunks at their limit", ClientLimits(bodyBytes: 10), chunked, fits: true),
        Case("chunks above their limit", ClientLimits(bodyBytes: 9), chunked, fits: false),
        Case("no body allowed, none there", ClientLimits(bodyBytes: 0), head(bytes: 100), fits: true),
    ]

    @Test("At the limit is fine, one above is too large and ends the connection", arguments: cases)
    func limit(_ example: Case) async throws {
        let closed = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write(example.answer)
            connection.awaitClose()
            closed.send(())
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let request = ClientRequest(url: server.url(), limits: example.limits)
        if example.fits {
            _ = try await client.send(request).body.collect(upTo: 1_000)
        } else {
            await #expect(throws: HTTPClientError.tooLarge) {
                try await client.send(request).body.collect(upTo: 1_000)
            }
            try await closed.next()
        }
    }

    @Test("Interim responses without end do not go on for ever")
    func endlessInterim() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            while connection.write("HTTP/1.1 102 Processing\r\nX: y\r\n\r\n") {}
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        await #expect(throws: HTTPClientError.tooLarge) {
            try await client.send(ClientRequest(url: server.url()))
        }
    }

    @Test("Collecting stops at the caller's limit", arguments: [(9, false), (10, true), (11, true)])
    func collect(limit: Int, fits: Bool) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write(Self.length)
            connection.awaitClose()
        }
        defer { server.stop() }
        let body = try await Fixtures.client().send(ClientRequest(url: server.url())).body
        if fits {
            #expect(try await body.collect(upTo: limit).count == 10)
        } else {
            await #expect(throws: HTTPClientError.tooLarge) { try await body.collect(upTo: limit) }
        }
    }
}
