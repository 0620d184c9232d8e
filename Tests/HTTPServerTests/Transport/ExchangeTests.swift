import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

@Suite("A connection", .serialized)
struct ExchangeTests {
    @Test("answers a request and stays open for the next")
    func keepAlive() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            for round in 0..<3 {
                try client.send("GET /round/\(round)?q=1 HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try client.answer()
                #expect(answer.status == 200)
                #expect(answer.text == "GET /round/\(round) q=1 ")
                #expect(answer.fields["Connection"] == nil)
            }
            #expect(server.statistics.openConnections == 1)
            #expect(server.statistics.requests == 3)
        }
    }

    @Test("answers pipelined requests one after another, in order")
    func pipelining() async throws {
        let running = Mutex(0)
        let handler = TestHandler { request in
            let count = running.withLock { count in
                count += 1
                return count
            }
            #expect(count == 1)
            // The first ones are the slowest: a server that overlaps them answers out of order.
            try? await Task.sleep(nanoseconds: UInt64(5 - request.path.utf8.count) * 2_000_000)  // pause: slow
            running.withLock { $0 -= 1 }
            return .text("\(request.path) \(request.text)")
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
                    + "POST /cc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
                    + "GET /ddd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.answer().text == "/ ")
            #expect(try client.answer().text == "/b xyz")
            #expect(try client.answer().text == "/cc hi")
            let last = try client.answer()
            #expect(last.text == "/ddd ")
            #expect(last.fields["Connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    @Test("answers thousands of pipelined requests without recursion or quadratic cost")
    func deepPipelining() async throws {
        let rejecting = TestHandler(
            admission: { $0.path == "/no" ? .reject(.text("no")) : .accept(bodyLimit: 0) },
            answer: { .text($0.path) })
        try await withServer(rejecting) { server in
            let client = try RawClient(port: server.port)
            for path in ["/no", "/yes"] {
                let request = "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
                try client.send(String(repeating: request, count: 3_000))
                for _ in 0..<3_000 { #expect(try client.answer().text == (path == "/no" ? "no" : path)) }
            }
        }
    }

    @Test("finishes the buffered requests of a peer that has ended its side")
    func halfCloseAfterPipelining() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            try client.send(requests)
            client.halfClose()
            for number in 0..<20 { #expect(try client.answer().text == "GET /\(number) - ") }
            #expect(try client.isAtEnd())
        }
    }

    @Test("answers HEAD with the head of GET and no body")
    func head() async throws {
        let handler = TestHandler { request in
            switch request.path {
            case "/events": Response(200, content: .events { _ in Issue.record("produced for HEAD") })
            default: .text("0123456789")
            }
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let get = try client.answer()
            try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try client.answer(isHead: true)
            #expect(head.status == get.status)
            #expect(head.fields.all == get.fields.all)
            #expect(head.fields["Content-Length"] == "10")
            try client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer(isHead: true).fields["Content-Type"] == "text/event-stream")
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "0123456789")
        }
    }

    @Test("sends no body and announces none with 204 and 304", arguments: [204, 304])
    func withoutContent(status: Int) async throws {
        let handler = TestHandler { request in
            guard request.path == "/stream" else { return Response(HTTPStatus(status), content: .bytes([1, 2, 3])) }
            return Response(HTTPStatus(status), content: .events { _ in Issue.record("produced") })
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            for _ in 0..<2 {
                let answer = try client.answer(isHead: true)
                #expect(answer.status == status)
                #expect(answer.fields["Content-Length"] == nil)
                #expect(answer.fields["Transfer-Encoding"] == nil)
            }
        }
    }

    @Test("closes after answering HTTP/1.0, and never in chunks")
    func oldVersion() async throws {
        let handler = TestHandler { request in
            guard request.path == "/stream" else { return .text("old") }
            return Response(
                200,
                content: .stream(contentType: "text/plain") { writer in
                    try await writer.write(Array("un".utf8))
                    try await writer.write(Array("framed".utf8))
                })
        }
        try await withServer(handler) { server in
            for (path, body, length) in [("/", "old", "3"), ("/stream", "unframed", nil)] {
                let client = try RawClient(port: server.port)
                try client.send("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let answer = try client.answer()
                #expect(answer.text == body)
                #expect(answer.fields["Connection"] == "close")
                #expect(answer.fields["Transfer-Encoding"] == nil)
                #expect(answer.fields["Content-Length"] == length)
                #expect(try client.isAtEnd())
            }
        }
    }

    @Test("closes when asked to, in any case and anywhere in the list")
    func closeOnRequest() async throws {
        try await withServer { server in
            for value in ["close", "Close", "x, close", "keep-alive,CLOSE ,y"] {
                let client = try RawClient(port: server.port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(value)\r\n\r\n")
                #expect(try client.answer().fields["Connection"] == "close")
                #expect(try client.isAtEnd(), "\(value)")
            }
        }
    }

    @Test("takes large bodies and gives large answers whole, by length and in chunks")
    func largeBodies() async throws {
        let handler = TestHandler(admission: { _ in .accept(bodyLimit: 4 << 20) }) { request in
            Response(200, content: .bytes(request.body.bytes))
        }
        try await withServer(handler) { server in
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let client = try RawClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
            try client.send(body)
            #expect(try client.answer().body == body)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: body.count, by: 70_000) {
                let piece = body[start..<min(start + 70_000, body.count)]
                try client.send(Array("\(String(piece.count, radix: 16));name=value\r\n".utf8) + piece + [13, 10])
            }
            try client.send("0\r\nTrailer-Field: dropped\r\n\r\n")
            #expect(try client.answer().body == body)
        }
    }

    @Test("keeps a handler's fields from framing or ending the head")
    func responseFields() async throws {
        let handler = TestHandler { _ in
            Response(
                200,
                fields: [
                    "Content-Length": "9", "transfer-encoding": "chunked", "Connection": "upgrade",
                    "X-Note": "a\r\nInjected: yes\0", "X-Name\r\nEvil": "1",
                ], content: .bytes(Array("ok".utf8)))
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.text == "ok")
            #expect(answer.fields.values(of: "Content-Length") == ["2"])
            #expect(answer.fields["Transfer-Encoding"] == nil)
            #expect(answer.fields["Connection"] == nil)
            #expect(answer.fields["Injected"] == nil)
            #expect(answer.fields["X-Note"] == "a  Injected: yes ")
            #expect(answer.fields.count == 3)
        }
    }

    @Test("tells the handler who asks, and over what")
    func peer() async throws {
        let handler = TestHandler { .text("\($0.peer) \($0.peer.port > 0) \($0.isSecure)") }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "127.0.0.1 true false")
        }
    }

    @Test("is served by several loops on one port")
    func severalLoops() async throws {
        try await withServer(loops: 3) { server in
            for number in 0..<24 {
                let client = try RawClient(port: server.port)
                try client.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().text == "GET /\(number) - ")
            }
            #expect(server.statistics.accepted == 24)
        }
    }
}
