import HTTPTypes
import Testing

@Suite("Server-sent events")
struct SSETests {
    static let streams: [(text: String, events: [ServerSentEvent])] = [
        ("data: a\n\n", [ServerSentEvent(data: "a")]),
        ("data:a\ndata: b\n\n", [ServerSentEvent(data: "a\nb")]),
        ("data:  two spaces\n\n", [ServerSentEvent(data: " two spaces")]),
        (": keep-alive\n\ndata: a\n\n", [ServerSentEvent(data: "a")]),
        ("event: ping\r\ndata: {}\r\n\r\n", [ServerSentEvent(event: "ping", data: "{}")]),
        ("event: e\rdata: x\r\r", [ServerSentEvent(event: "e", data: "x")]),
        ("\u{FEFF}data: bom\n\n", [ServerSentEvent(data: "bom")]),
        ("id: 7\ndata: a\n\ndata: b\n\n", [ServerSentEvent(data: "a", id: "7"), ServerSentEvent(data: "b", id: "7")]),
        ("event: nothing\n\n", []),
        ("data\n\n", [ServerSentEvent(data: "")]),
        ("data: cut off\n", []),
        ("retry: 5\nunknown: 1\ndata: a\n\n", [ServerSentEvent(data: "a")]),
    ]

    @Test("A stream reads the same however it is cut", arguments: streams)
    func reads(stream: (text: String, events: [ServerSentEvent])) throws {
        let bytes = Array(stream.text.utf8)
        for cut in 0...bytes.count {
            var decoder = SSEDecoder()
            var events = try decoder.feed(bytes[..<cut])
            events += try decoder.feed(bytes[cut...])
            #expect(events == stream.events, "cut at \(cut)")
        }
    }

    @Test(
        "What is written is read back",
        arguments: ["plain", "", "two\nlines", "ends in\n", "\n", "return\r\nand\rmore", "ünïcode ✓"])
    func roundTrip(data: String) throws {
        let event = ServerSentEvent(event: "text", data: data, id: "3")
        #expect(!event.wireBytes.contains(13))
        var decoder = SSEDecoder()
        let normalised = data.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        #expect(try decoder.feed(event.wireBytes) == [ServerSentEvent(event: "text", data: normalised, id: "3")])
    }

    @Test("A field cannot smuggle a line")
    func injection() throws {
        let event = ServerSentEvent(event: "a\ndata: forged", data: "real", id: "1\n\ndata: forged")
        var decoder = SSEDecoder()
        let read = try decoder.feed(event.wireBytes)
        #expect(read.map(\.data) == ["real"])
    }

    @Test("An event at the limit is read, one byte more is refused")
    func limit() throws {
        let text = "data: " + String(repeating: "x", count: 94)
        var exact = SSEDecoder(maximumEventBytes: 100)
        #expect(try exact.feed(Array((text + "\n\n").utf8)).count == 1)
        #expect(throws: SSEDecoder.Failure.tooLarge) {
            var small = SSEDecoder(maximumEventBytes: 99)
            _ = try small.feed(Array((text + "\n\n").utf8))
        }
    }

    @Test("Bytes that are not UTF-8 end the reading")
    func invalidUTF8() {
        #expect(throws: SSEDecoder.Failure.invalidUTF8) {
            var decoder = SSEDecoder()
            _ = try decoder.feed([0x64, 0x61, 0x74, 0x61, 0x3A, 0xFF, 0x0A, 0x0A])
        }
    }
}
