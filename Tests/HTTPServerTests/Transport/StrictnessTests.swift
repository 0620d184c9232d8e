import HTTPTypes
import Testing

@testable import HTTPServer

/// What two HTTP agents could read in two ways, as seen from a socket: the answer, and that the connection ends with
/// it. Each row of the comparison of servers that this engine was chosen by is here.
@Suite("Ambiguous requests are refused", .serialized)
struct StrictnessTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let status: Int

        init(_ name: String, _ text: String, _ status: Int) {
            self.name = name
            self.text = text
            self.status = status
        }

        var testDescription: String { name }
    }

    /// A POST with these field lines and this body.
    private static func post(_ fields: String, _ body: String = "hello") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }

    /// A chunked POST with this body.
    private static func chunked(_ body: String) -> String {
        post("Transfer-Encoding: chunked", body)
    }

    /// A GET with this line between Host and the end.
    private static func get(_ line: String) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n"
    }

    /// What follows a body that a lenient reader thinks has ended.
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    static let cases: [Row] = lengths + codings + chunks + lines + names + hosts + targets + others

    private static let lengths: [Row] = [
        Row(
            "Content-Length and Transfer-Encoding",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + smuggled), 400),
        Row(
            "Transfer-Encoding and Content-Length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + smuggled), 400),
        Row("two different Content-Lengths", post("Content-Length: 5\r\nContent-Length: 6"), 400),
        Row("the same Content-Length twice", post("Content-Length: 5\r\nContent-Length: 5"), 400),
        Row("a list as Content-Length", post("Content-Length: 5, 5"), 400),
        Row("a positive Content-Length", post("Content-Length: +5"), 400),
        Row("a negative Content-Length", post("Content-Length: -5"), 400),
        Row("trailing garbage in Content-Length", post("Content-Length: 5x"), 400),
        Row("a blank in Content-Length", post("Content-Length: 5 5"), 400),
        Row("a hexadecimal Content-Length", post("Content-Length: 0x5"), 400),
        Row("a fraction as Content-Length", post("Content-Length: 5.0"), 400),
        Row("an empty Content-Length", post("Content-Length:"), 400),
        Row("a Content-Length beyond 64 bits", post("Content-Length: 18446744073709551621"), 413),
    ]

    private static let codings: [Row] = [
        Row("an unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n" + smuggled), 400),
        Row("identity", post("Transfer-Encoding: identity"), 400),
        Row("identity and Content-Length", post("Transfer-Encoding: identity\r\nContent-Length: 5"), 400),
        Row("gzip, chunked", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 400),
        Row("chunked, chunked", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), 400),
        Row("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
        Row(
            "chunked, then identity",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"), 400),
        Row("chunked with a parameter", post("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"), 400),
        Row("chunked in quotes", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), 400),
        Row("a folded coding", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), 400),
        Row("a vertical tab before chunked", post("Transfer-Encoding: \u{0B}chunked", "0\r\n\r\n"), 400),
        Row("an empty coding", post("Transfer-Encoding:", "0\r\n\r\n"), 400),
        Row("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ]

    private static let chunks: [Row] = [
        Row("chunk size 0x5", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
        Row("chunk size +5", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400),
        Row("chunk size -5", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400),
        Row("an empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400),
        Row("a chunk size beyond 64 bits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400),
        Row("a blank before the chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400),
        Row("a blank after the chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
        Row("a blank before a chunk extension", chunked("5 ;a\r\nhello\r\n0\r\n\r\n"), 400),
        Row("no number as chunk size", chunked("five\r\nhello\r\n0\r\n\r\n"), 400),
        Row("a chunk longer than its size", chunked("5\r\nhello!\r\n0\r\n\r\n"), 400),
        Row("a chunk without its line end", chunked("5\r\nhello0\r\n\r\n"), 400),
        Row("a chunk that ends in LF", chunked("5\r\nhello\n0\r\n\r\n"), 400),
        Row("a chunk size that ends in LF", chunked("5\nhello\r\n0\r\n\r\n"), 400),
        Row("a chunk size that ends in CR", chunked("5\rhello\r\n0\r\n\r\n"), 400),
        Row("LF in a chunk extension", chunked("5;a\nhello\r\n0\r\n\r\n"), 400),
        Row("NUL in a chunk extension", chunked("5;a\0\r\nhello\r\n0\r\n\r\n"), 400),
        Row(
            "an oversized chunk extension",
            chunked("5;" + String(repeating: "a", count: 300) + "\r\nhello\r\n0\r\n\r\n"), 400),
        Row(
            "many oversized extensions",
            chunked(String(repeating: "1;" + String(repeating: "a", count: 200) + "\r\nx\r\n", count: 30)), 400),
        Row("a folded trailer", chunked("0\r\n X: y\r\n\r\n"), 400),
        Row("a trailer without a colon", chunked("0\r\nX\r\n\r\n"), 400),
        Row("a blank before a trailer's colon", chunked("0\r\nX : y\r\n\r\n"), 400),
        Row("a trailer that ends in LF", chunked("0\r\nX: y\n\r\n"), 400),
        Row("NUL in a trailer", chunked("0\r\nX: \0\r\n\r\n"), 400),
        Row("oversized trailers", chunked("0\r\n" + String(repeating: "X: y\r\n", count: 1000) + "\r\n"), 400),
        Row("a chunked body that ends in LF", chunked("0\r\n\n"), 400),
        Row("a chunked body that ends in CR", chunked("0\r\n\rX"), 400),
    ]

    private static let lines: [Row] = [
        Row("bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400),
        Row("bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        Row("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
        Row("bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        Row("bare CR as line end", "GET / HTTP/1.1\rHost: a\r\r", 400),
        Row("bare CR in a value", get("X: a\rb"), 400),
        Row("bare CR at a value's end", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n", 400),
        Row("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("LF first", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("NUL in a value", get("X: a\0b"), 400),
        Row("BEL in a value", get("X: a\u{07}b"), 400),
        Row("DEL in a value", get("X: a\u{7F}b"), 400),
        Row("obs-fold", get("X: a\r\n b"), 400),
        Row("obs-fold with a tab", get("X: a\r\n\tb"), 400),
        Row("white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ]

    private static let names: [Row] = [
        Row("a blank before the colon", post("Content-Length : 5"), 400),
        Row("a tab before the colon", post("Transfer-Encoding\t: chunked", "0\r\n\r\n"), 400),
        Row("an empty name", get(": value"), 400),
        Row("a line without a colon", get("value"), 400),
        Row("a blank in a name", get("X Y: z"), 400),
        Row("a name that is no token", get("X(Y): z"), 400),
        Row("a name in quotes", get("\"X\": z"), 400),
        Row("a name that is not ASCII", get("Näme: z"), 400),
        Row("NUL in a name", get("X\0: z"), 400),
    ]

    private static let hosts: [Row] = [
        Row("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Row("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Row("the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        Row("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Row("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        Row("a list as Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        Row("a blank in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Row("a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Row("user information in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        Row("a port that is no number", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        Row("a port above 65535", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400),
        Row("an empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 400),
        Row("an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        Row("letters in brackets", "GET / HTTP/1.1\r\nHost: [host]\r\n\r\n", 400),
        Row("a Host that is not ASCII", "GET / HTTP/1.1\r\nHost: höst\r\n\r\n", 400),
        Row("absolute form of another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("absolute form of another port", "GET http://a:81/ HTTP/1.1\r\nHost: a:80\r\n\r\n", 400),
        Row("absolute form without Host", "GET http://a/ HTTP/1.1\r\n\r\n", 400),
        Row("absolute form with user information", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ]

    private static let targets: [Row] = [
        Row("a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a target that is not ASCII", "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("DEL in the target", "GET /a\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("asterisk form with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("authority form with GET", "GET a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 400),
        Row("another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("an empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ]

    private static let others: [Row] = [
        Row("a control byte in the method", "GE\u{01}T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("NUL in the method", "GET\0 / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("an empty method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a tab after the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Row("a blank after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        Row("a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        Row("HTTP/0.9", "GET /\r\n\r\n", 400),
        Row("a version without minor number", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400),
        Row("TLS to a plain port", "\u{16}\u{03}\u{01}\u{02}\0\u{01}\0", 400),
        Row("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        Row("HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        Row("the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Row("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        Row("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
        Row("an unknown expectation", post("Expect: 200-ok\r\nContent-Length: 5"), 417),
        Row("two expectations", post("Expect: 100-continue, x\r\nContent-Length: 5"), 417),
        Row("a head of 20 KiB", get("X: " + String(repeating: "v", count: 20_480)), 431),
        Row("2,000 fields", get(String(repeating: "X: y\r\n", count: 2_000) + "Z: z"), 431),
        Row("101 short fields", get(String(repeating: "X: y\r\n", count: 99) + "Z: z"), 431),
        Row("a body above the limit", post("Content-Length: 1048577", ""), 413),
        Row("a chunk above the limit", chunked("100001\r\n"), 413),
    ]

    @Test("with the status of their kind, and the connection ends")
    func refusals() async throws {
        try await withServer { server in
            for row in StrictnessTests.cases {
                let client = try RawClient(port: server.port)
                try client.send(row.text)
                let answer = try client.answer()
                #expect(answer.status == row.status, "\(row.name)")
                #expect(answer.fields["Connection"] == "close", "\(row.name)")
                #expect(try client.isAtEnd(), "\(row.name)")
            }
            let counted = server.statistics.refusals
            for status in Set(StrictnessTests.cases.map(\.status)) {
                #expect(counted[status] == StrictnessTests.cases.count { $0.status == status })
            }
            #expect(server.statistics.requests == 0)
        }
    }

    @Test("after the request before them was answered")
    func pipelinedRefusal() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            try client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n" + "GET / HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer().text == "GET /good - ")
            #expect(try client.answer().status == 400)
            #expect(try client.isAtEnd())
        }
    }

    @Test("with an answer that can be read although the peer is still sending")
    func lingering() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n")
            // Far more than the socket buffers: closing at once would reset the connection under the answer.
            for _ in 0..<10 { try client.send([UInt8](repeating: 0x61, count: 65_536)) }
            #expect(try client.answer().status == 413)
            #expect(try client.isAtEnd())
        }
    }

    @Test("for reasons that each belong to one status", arguments: ProtocolRefusal.allCases)
    func statuses(refusal: ProtocolRefusal) {
        #expect([400, 408, 413, 417, 431, 501, 503, 505].contains(refusal.status.code))
    }
}
