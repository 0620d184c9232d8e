import Testing

@testable import HTTPServer

@Suite("The parser's limits")
struct ParserLimitTests {
    private static let start = "GET / HTTP/1.1\r\nHost: a\r\n"

    @Test("16 KiB of head, not one byte more", arguments: [(-1, nil), (0, nil), (1, ProtocolRefusal.headTooLarge)])
    func head(excess: Int, refusal: ProtocolRefusal?) {
        let limit = ParserLimits().headBytes
        #expect(limit == 16_384)
        let frame = ParserLimitTests.start + "X: " + "\r\n\r\n"
        let filler = String(repeating: "v", count: limit + excess - frame.utf8.count)
        let text = ParserLimitTests.start + "X: \(filler)\r\n\r\n"
        #expect(text.utf8.count == limit + excess)
        let stream = ParsedStream(text)
        #expect(stream.refusal == refusal)
        #expect(stream.messages.count == (refusal == nil ? 1 : 0))
        #expect(ParsedStream(Array(text.utf8), pieces: repeatElement(1000, count: 20)) == stream)
    }

    @Test("a head that never ends is refused at the limit, not kept")
    func endlessHead() {
        let text = ParserLimitTests.start + "X: " + String(repeating: "v", count: 20_000)
        #expect(ParsedStream(text).refusal == .headTooLarge)
        #expect(ParsedStream(String(repeating: "G", count: 16_385)).refusal == .headTooLarge)
        #expect(ParsedStream(String(repeating: "G", count: 16_384)).refusal == nil)
    }

    @Test("100 fields", arguments: [(99, nil), (100, nil), (101, ProtocolRefusal.tooManyFields)])
    func fields(count: Int, refusal: ProtocolRefusal?) {
        let text = ParserLimitTests.start + String(repeating: "X: y\r\n", count: count - 1) + "\r\n"
        #expect(ParsedStream(text).refusal == refusal)
    }

    @Test("the body by its announced length", arguments: [(9, false), (10, false), (11, true)])
    func announcedBody(count: Int, isRefused: Bool) {
        let body = String(repeating: "b", count: count)
        let stream = ParsedStream(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)", bodyLimit: 10)
        #expect(stream.refusal == (isRefused ? .bodyTooLarge : nil))
        #expect(stream.messages.first?.text == (isRefused ? "" : body))
    }

    @Test("the body in chunks, judged by each chunk's size", arguments: [(4, false), (5, false), (6, true)])
    func chunkedBody(second: Int, isRefused: Bool) {
        let text = chunked("5\r\nhello\r\n\(second)\r\n" + String(repeating: "x", count: second) + "\r\n0\r\n\r\n")
        let stream = ParsedStream(text, bodyLimit: 10)
        #expect(stream.refusal == (isRefused ? .bodyTooLarge : nil))
        #expect(stream.messages.first?.body.count == (isRefused ? 5 : 5 + second))
    }

    @Test("the body in chunks, in all", arguments: [(1, false), (2, false), (3, true)])
    func sumOfChunks(last: Int, isRefused: Bool) {
        let end = "\(last)\r\n" + String(repeating: "c", count: last) + "\r\n0\r\n\r\n"
        let text = chunked("4\r\naaaa\r\n4\r\nbbbb\r\n" + end)
        #expect(ParsedStream(text, bodyLimit: 10).refusal == (isRefused ? .bodyTooLarge : nil))
    }

    @Test(
        "8 digits of chunk size",
        arguments: [("0000001", nil), ("00000001", nil), ("000000001", ProtocolRefusal.invalidChunk)])
    func chunkSize(digits: String, refusal: ProtocolRefusal?) {
        #expect(ParsedStream(chunked("\(digits)\r\nx\r\n0\r\n\r\n")).refusal == refusal)
    }

    @Test("the largest chunk size is no overflow but too much")
    func largestChunk() {
        #expect(ParsedStream(chunked("ffffffff\r\n")).refusal == .bodyTooLarge)
    }

    @Test("18 digits of Content-Length, of which more are too much in any case")
    func lengthDigits() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        #expect(ParsedStream(head + "000000000000000003\r\n\r\nabc").messages.first?.text == "abc")
        #expect(ParsedStream(head + "999999999999999999\r\n\r\n").refusal == .bodyTooLarge)
        #expect(ParsedStream(head + "9223372036854775808\r\n\r\n").refusal == .bodyTooLarge)
        #expect(ParsedStream(head + "18446744073709551619\r\n\r\nabc").refusal == .bodyTooLarge)
    }

    @Test(
        "256 bytes of a chunk's line",
        arguments: [(-1, nil), (0, nil), (1, ProtocolRefusal.oversizedChunkExtension)])
    func chunkLine(excess: Int, refusal: ProtocolRefusal?) {
        // Size, semicolon and line end take four bytes.
        let text = chunked("1;" + String(repeating: "e", count: 252 + excess) + "\r\nx\r\n0\r\n\r\n")
        #expect(ParsedStream(text).refusal == refusal)
    }

    @Test(
        "4 KiB of extensions in a body",
        arguments: [(-1, nil), (0, nil), (1, ProtocolRefusal.oversizedChunkExtension)])
    func extensions(excess: Int, refusal: ProtocolRefusal?) {
        // An extension of 128 bytes with its semicolon; 32 of them are 4 KiB.
        let chunk = "1;" + String(repeating: "e", count: 127) + "\r\nx\r\n"
        let last = "1;" + String(repeating: "e", count: 127 + excess) + "\r\nx\r\n"
        let text = chunked(String(repeating: chunk, count: 31) + last + "0\r\n\r\n")
        #expect(ParsedStream(text).refusal == refusal)
    }

    @Test("4 KiB of trailers", arguments: [(-1, nil), (0, nil), (1, ProtocolRefusal.oversizedTrailer)])
    func trailers(excess: Int, refusal: ProtocolRefusal?) {
        // "X:" and both line ends, the last one's line feed apart, take five bytes.
        let text = chunked("0\r\nX:" + String(repeating: "t", count: 4096 - 5 + excess) + "\r\n\r\n")
        #expect(ParsedStream(text).refusal == refusal)
    }

    private func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }
}
