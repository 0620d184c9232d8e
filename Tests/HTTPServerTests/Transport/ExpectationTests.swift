import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("A body that waits for leave", .serialized)
struct ExpectationTests {
    private static let waiting = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"

    @Test("gets it once its head is accepted", arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func accepted(field: String) async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            try client.send(ExpectationTests.waiting + field + "\r\n\r\n")
            #expect(try client.answer().status == 100)
            try client.send(field.hasPrefix("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.text == "POST / - hello")
        }
    }

    @Test("is not told to go on when it has come already, is empty, or speaks HTTP/1.0")
    func notNeeded() async throws {
        try await withServer { server in
            for text in [
                ExpectationTests.waiting + "Content-Length: 5\r\n\r\nhello",
                ExpectationTests.waiting + "Content-Length: 0\r\n\r\n",
                ExpectationTests.waiting + "\r\n",
                "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
            ] {
                let client = try RawClient(port: server.port)
                try client.send(text)
                #expect(try client.answer().status == 200)
            }
            let old = try RawClient(port: server.port)
            try old.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            try old.send("ok")
            #expect(try old.answer().text == "POST / - ok")
        }
    }

    @Test("gets the refusal instead, and the connection ends before the body can be mistaken for a request")
    func rejected() async throws {
        let handler = TestHandler(
            admission: { $0.path == "/no" ? .reject(.text("no", status: 401)) : .accept(bodyLimit: 10) },
            answer: { .text($0.text) })
        try await withServer(handler) { server in
            for (path, length, status) in [("/no", 5, 401), ("/", 11, 413)] {
                let client = try RawClient(port: server.port)
                try client.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
                let answer = try client.answer()
                #expect(answer.status == status)
                #expect(answer.fields["Connection"] == "close")
                #expect(try client.isAtEnd())
            }
        }
    }
}

@Suite("A request rejected by its head", .serialized)
struct RejectionTests {
    private static let handler = TestHandler(
        admission: { $0.path == "/no" ? .reject(.text("no", status: 404)) : .accept(bodyLimit: 1 << 20) },
        answer: { .text("yes \($0.text)") })

    @Test("keeps its connection when its body is short; the body is passed over")
    func shortBody() async throws {
        try await withServer(RejectionTests.handler) { server in
            let client = try RawClient(port: server.port)
            let inner = "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n"
            for fields in ["", "Content-Length: \(inner.utf8.count)\r\n"] {
                let body = fields.isEmpty ? "" : inner
                try client.send("POST /no HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)")
                let answer = try client.answer()
                #expect(answer.status == 404)
                #expect(answer.text == "no")
                #expect(answer.fields["Connection"] == nil)
            }
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "yes ")
        }
    }

    @Test(
        "is answered at once when its body is long or has no length",
        arguments: ["Content-Length: 65537", "Transfer-Encoding: chunked"])
    func longBody(field: String) async throws {
        try await withServer(RejectionTests.handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("POST /no HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 404)
            #expect(answer.fields["Connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    @Test("has its body passed over up to 64 KiB", arguments: [65_535, 65_536])
    func discardLimit(length: Int) async throws {
        try await withServer(RejectionTests.handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            try client.send([UInt8](repeating: 0x20, count: length))
            #expect(try client.answer().fields["Connection"] == nil)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().status == 200)
        }
    }
}
