import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("The request parser")
struct ParserTests {
    static let good: [(name: String, text: String)] = [
        ("a plain GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("no white space after colons", "GET /x?y=z&w HTTP/1.1\r\nHost:a.example:8080\r\nA:\r\nB: \t v \t\r\n\r\n"),
        ("one empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"),
        ("a body by length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyou"),
        ("an empty body by length", "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        (
            "a body in chunks, with extensions and trailers",
            "POST /c HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nHost: [::1]:80\r\n\r\n"
                + "5;a=b;c=\"d e\"\r\nhello\r\n00A\r\n\r\n01234\r\n\n\r\n0\r\nX: y\r\nEmpty:\r\n\r\n"
        ),
        ("an empty body in chunks", "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("absolute form", "GET HTTP://A.example:80/p?q HTTP/1.1\r\nHost: a.EXAMPLE:80\r\n\r\n"),
        ("absolute form without path", "GET https://a?q HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("an unknown method", "M-SEARCH!#$ /~%20:@(x) HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("UTF-8 in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-Name: Grüße 你好\r\n\r\n"),
        ("an expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nok"),
        ("close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\nConnection: y\r\n\r\n"),
        (
            "pipelined requests",
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
                + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
                + "GET /4 HTTP/1.1\r\n"
                + "Host: a\r\n\r\n"
        ),
    ]

    @Test("reads each good request to its end")
    func goodOnes() throws {
        let parsed = Dictionary(uniqueKeysWithValues: ParserTests.good.map { ($0.name, ParsedStream($0.text)) })
        for (name, stream) in parsed {
            #expect(stream.refusal == nil, "\(name)")
            #expect(stream.messages.allSatisfy { $0.isComplete }, "\(name)")
        }
        func first(_ name: String) throws -> ParsedStream.Message { try #require(parsed[name]?.messages.first) }
        let blanks = try first("no white space after colons")
        #expect(blanks.fields.map(\.name) == ["Host", "A", "B"])
        #expect(blanks.fields.map(\.value) == ["a.example:8080", "", "v"])
        #expect(blanks.path == "/x" && blanks.query == "y=z&w")
        #expect(try first("a body by length").text == "hello\r\n\r\nyou")
        #expect(try first("a body by length").announced == 12)
        let chunked = try first("a body in chunks, with extensions and trailers")
        #expect(chunked.text == "hello\r\n01234\r\n\n")
        #expect(chunked.announced == nil)
        #expect(chunked.fields.count == 2)
        #expect(try first("absolute form").path == "/p" && first("absolute form").query == "q")
        #expect(try first("absolute form without path").path == "/")
        #expect(try first("absolute form without path").query == "q")
        #expect(try first("asterisk form").path == "*")
        #expect(try first("an unknown method").method == "M-SEARCH!#$")
        #expect(try first("UTF-8 in a value").fields[1].value == "Grüße 你好")
        #expect(try first("an expectation").expectsContinue)
        #expect(try first("close").wantsClose)
        #expect(parsed["pipelined requests"]?.messages.map(\.path) == ["/1", "/2", "/3", "/4"])
        #expect(parsed["pipelined requests"]?.messages.map(\.text) == ["", "hi", "x", ""])
    }

    @Test("reads the same wherever the stream is cut", arguments: ParserTests.good.map(\.text))
    func cuts(text: String) {
        let bytes = Array(text.utf8)
        let whole = ParsedStream(bytes)
        for position in 0...bytes.count { #expect(ParsedStream(bytes, pieces: [position]) == whole) }
        for size in 1...5 {
            #expect(ParsedStream(bytes, pieces: repeatElement(size, count: bytes.count)) == whole)
        }
    }

    @Test("refuses the same wherever the stream is cut", arguments: StrictnessTests.cases)
    func cutRefusals(row: StrictnessTests.Row) {
        let bytes = Array(row.text.utf8)
        let whole = ParsedStream(bytes)
        #expect(whole.refusal?.status.code == row.status, "\(row.name): \(String(describing: whole.refusal))")
        // Every position of the short ones; the long ones are long by repetition.
        for position in stride(from: 0, through: bytes.count, by: bytes.count > 600 ? 97 : 1) {
            #expect(ParsedStream(bytes, pieces: [position]) == whole, "\(row.name)")
        }
        #expect(ParsedStream(bytes, pieces: repeatElement(1, count: bytes.count)) == whole, "\(row.name)")
    }

    @Test("stays refused after a refusal")
    func refusalIsFinal() {
        var parser = RequestParser()
        let bad = Array("GET / HTTP/1.1\n".utf8)
        let good = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for input in [bad, good, []] {
            guard case .refused(.bareLineFeed) = parser.feed(input.span).step else {
                Issue.record("took bytes after a refusal")
                return
            }
        }
    }

    @Test("names the reason, where several of one status lie close together")
    func reasons() {
        let head = "GET / HTTP/1.1\r\nHost: a\r\n"
        for (text, reason) in [
            (head + "X: a\r\n b\r\n\r\n", ProtocolRefusal.foldedField),
            (head + "X : a\r\n\r\n", .malformedField),
            (head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", .repeatedContentLength),
            (head + "Content-Length: 1,1\r\n\r\n", .invalidContentLength),
            (head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthWithTransferEncoding),
            (head + "Transfer-Encoding: x\r\n\r\n", .unsupportedTransferEncoding),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInHTTP10),
            (head + "Host: a\r\n\r\n", .repeatedHost),
            ("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", .hostMismatch),
            ("GET / HTTP/1.1\r\n\r\n", .missingHost),
            (head + "X: a\rb\r\n\r\n", .bareCarriageReturn),
            (head + "X: a\nb\r\n\r\n", .bareLineFeed),
            (head + "X: a\0b\r\n\r\n", .controlCharacter),
        ] { #expect(ParsedStream(text).refusal == reason) }
        let invalidText = Array(head.utf8) + Array("X: ".utf8) + [0xFF, 13, 10, 13, 10]
        #expect(ParsedStream(invalidText).refusal == .invalidFieldValue)
    }

    @Test("never reads a byte of a body above the limit when its length was announced")
    func bodyLimitComesFirst() {
        let stream = ParsedStream("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", bodyLimit: 10)
        #expect(stream.refusal == .bodyTooLarge)
    }

    @Test("has the token characters of RFC 9110 and no others")
    func tokens() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for byte in UInt8.min...UInt8.max { #expect(ByteClass.isToken(byte) == tokens.contains(byte), "\(byte)") }
    }
}
