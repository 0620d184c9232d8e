import Cryptography
import HTTPClient
import HTTPTypes
import Testing

@Suite("Requests that are not sent")
struct RequestCheckTests {
    private func expect(_ error: HTTPClientError, _ change: (inout ClientRequest) throws -> Void) async throws {
        let server = try ScriptedServer { $0.awaitClose() }
        defer { server.stop() }
        var request = ClientRequest(url: server.url())
        try change(&request)
        let client = try Fixtures.client()
        let sent = request
        await #expect(throws: error) { try await client.send(sent) }
        await client.close()
        #expect(server.accepted == 0)
    }

    @Test(
        "URLs that are not absolute http or https URLs with a host",
        arguments: [
            "", " ", "/", "path", "127.0.0.1", "127.0.0.1/", "//127.0.0.1/", "http:", "http:/", "http://", "http:///x",
            "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "dict://127.0.0.1/", "HTTPX://127.0.0.1/",
            "http://user@127.0.0.1/", "http://user:password@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\t",
            "http://127.0.0.1/\r\nX: y", "http://127.0.0.1\0/", "http://127.0.0.1/é", "http://exämple.test/",
            "http://127.0.0.1:70000/", "http://127.0.0.1:-1/", "http://127.0.0.1:x/", "http://[::1/", "http://[x]/",
            "http://a b/", "http://127.0.0.1/" + String(repeating: "x", count: 16_384),
        ])
    func url(text: String) async throws {
        try await expect(.badURL) { $0.url = text }
    }

    @Test("The longest URL is sent")
    func longestURL() async throws {
        let server = try ScriptedServer { connection in
            let count = connection.readHead()?.prefix { $0 != "\r\n" }.utf8.count ?? 0
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Count: \(count)\r\n\r\n")
        }
        defer { server.stop() }
        let base = server.url()
        let url = base + String(repeating: "x", count: 16_384 - base.utf8.count)
        let response = try await Fixtures.client().send(ClientRequest(url: url))
        let path = 16_384 - base.utf8.count + 1
        #expect(response.fields["x-count"] == "\("GET  HTTP/1.1".utf8.count + path)")
    }

    @Test(
        "Methods that are no token, and CONNECT",
        arguments: ["", " ", "GET ", "GE T", "GET\r\nX: y", "G\0", "é", "CONNECT"])
    func method(text: String) async throws {
        try await expect(.badRequest(.method)) { $0.method = HTTPMethod(rawValue: text) }
    }

    @Test("Field names that are no token", arguments: ["", " ", "a b", "a:", "a\r\nb", "a\0", "é", "a\n"])
    func name(text: String) async throws {
        try await expect(.badRequest(.field(name: text))) { $0.fields = [(text, "x")] }
        try await expect(.badRequest(.field(name: text))) {
            $0.secretFields = [SecretField(text, try Secret(copying: [0x78]))]
        }
    }

    @Test(
        "Field values that would start another line",
        arguments: ["\r\n", "a\r\nb: c", "a\n", "a\r", "a\0b", "\u{7F}", "\u{1B}"])
    func value(text: String) async throws {
        try await expect(.badRequest(.field(name: "X"))) { $0.fields = [("X", text)] }
        try await expect(.badRequest(.field(name: "X"))) {
            $0.secretFields = [SecretField("X", try Secret(copying: Array(text.utf8)))]
        }
        try await expect(.badRequest(.field(name: "X"))) {
            $0.secretFields = [SecretField("X", prefix: text, try Secret(copying: [0x78]))]
        }
    }

    @Test(
        "Fields that are the client's own",
        arguments: [
            "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Expect", "TE",
            "Trailer",
            "Proxy-Connection", "Accept-Encoding", "hOST",
        ])
    func reserved(name: String) async throws {
        try await expect(.badRequest(.reservedField(name: name))) { $0.fields = [(name, "1")] }
    }

    @Test("HEAD with a body, a pin of the wrong size, a pin without TLS")
    func combinations() async throws {
        try await expect(.badRequest(.combination)) {
            $0.method = .head
            $0.body = [1]
        }
        for count in [0, 31, 33] {
            try await expect(.badRequest(.combination)) {
                $0.url = "https://127.0.0.1/"
                $0.pinnedKeySHA256 = [UInt8](repeating: 0, count: count)
            }
        }
        try await expect(.badURL) { $0.pinnedKeySHA256 = [UInt8](repeating: 0, count: 32) }
    }
}
