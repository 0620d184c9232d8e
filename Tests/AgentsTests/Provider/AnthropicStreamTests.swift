import Testing

@testable import Agents

@Suite("Anthropic's event stream")
struct AnthropicStreamTests {
    private typealias Tape = ProviderTranscript

    @Test("A whole answer is read, however its bytes are cut")
    func wholeAnswer() {
        let bytes = Tape.bytes(Tape.whole)
        for size in [1, 2, 3, 7, 64, 1_000, bytes.count] {
            var stream = AnthropicStream()
            var events: [ProviderEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += stream.feed(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(events + stream.end() == Tape.wholeEvents, "pieces of \(size)")
        }
    }

    @Test("Unknown events, blocks and deltas are passed over")
    func unknownTypes() {
        let strange = [
            #"{"type":"telemetry","anything":[1,2]}"#,
            Tape.start,
            #"{"type":"content_block_start","index":3,"content_block":{"type":"hologram","data":"x"}}"#,
            #"{"type":"content_block_delta","index":3,"delta":{"type":"hologram_delta","data":"x"}}"#,
            #"{"type":"content_block_delta","index":3,"delta":{"type":"signature_delta","signature":"x"}}"#,
            #"{"type":"content_block_stop","index":3}"#,
            Tape.end, Tape.stop, Tape.ping, "[DONE]",
        ]
        #expect(
            Tape.read(strange) == [
                Tape.wholeEvents[0], .usage(TokenUsage(freshInput: 25, output: 15)), .stopped(.endTurn), .finished,
            ])
    }

    @Test("Thinking is told apart from text; text in a block's start counts")
    func thinking() {
        let events = Tape.read([
            Tape.start,
            #"{"type":"content_block_start","index":0,"#
                + #""content_block":{"type":"thinking","thinking":"Hm","signature":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":", well"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":""}}"#,
            Tape.stopBlock,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"Yes"}}"#,
            Tape.text(".", index: 1),
            #"{"type":"content_block_stop","index":1}"#,
            Tape.end, Tape.stop,
        ])
        #expect(events[1..<5] == [.thinking("Hm"), .thinking(", well"), .text("Yes"), .text(".")])
        #expect(events.last == .finished)
    }

    @Test("An answer without a final usage still finishes")
    func noFinalUsage() {
        let bare = [
            #"{"type":"message_start","message":{"type":"message","role":"assistant"}}"#, Tape.textBlock,
            Tape.text("Hi"), Tape.stopBlock, Tape.stop,
        ]
        #expect(Tape.read(bare) == [.started(model: nil, usage: nil), .text("Hi"), .finished])
    }

    @Test(
        "An error event ends the stream with its kind and none of its words",
        arguments: [
            ("overloaded_error", ProviderFault.overloaded), ("rate_limit_error", .rateLimited),
            ("authentication_error", .keyRejected), ("permission_error", .keyRejected),
            ("invalid_request_error", .requestRefused), ("not_found_error", .requestRefused),
            ("request_too_large", .requestRefused), ("api_error", .reported), ("brand_new_error", .reported),
        ])
    func errorEvents(type: String, fault: ProviderFault) {
        #expect(Tape.read([Tape.error(type)]) == [.failed(fault)])
        let middle = Tape.read([Tape.start, Tape.textBlock, Tape.text("Hel"), Tape.error(type), Tape.text("lo")])
        #expect(middle == [Tape.wholeEvents[0], .text("Hel"), .failed(fault)])
    }

    @Test("A body that ends early is a cut, wherever it ends")
    func cuts() {
        for length in 0..<Tape.whole.count {
            let events = Tape.read(Array(Tape.whole.prefix(length)))
            #expect(events.last == .failed(.cut), "after \(length) events")
            #expect(Array(events.dropLast()) == Array(Tape.wholeEvents.prefix(events.count - 1)))
        }
        let bytes = Tape.bytes(Tape.whole)
        for length in 0..<bytes.count - 1 {
            var stream = AnthropicStream()
            let events = stream.feed(Array(bytes.prefix(length))) + stream.end()
            #expect(events.last == .failed(.cut), "after \(length) bytes")
        }
    }

    @Test(
        "What is not of the documented form is malformed",
        arguments: [
            "", "{", "[]", "null", "7", #""text""#, #"{"type":null}"#, #"{"type":7}"#, #"{"a":1,"a":2,"type":"ping"}"#,
            #"{"type":"message_start"}"#, #"{"type":"message_start","message":7}"#,
            #"{"type":"message_start","message":{"usage":[]}}"#,
            #"{"type":"message_start","message":{"usage":{"input_tokens":-1}}}"#,
            #"{"type":"message_start","message":{"usage":{"input_tokens":1.5}}}"#,
            #"{"type":"message_start","message":{"usage":{"input_tokens":"7"}}}"#,
            #"{"type":"message_start","message":{"usage":{"output_tokens":100000001}}}"#,
            #"{"type":"message_start","message":{"usage":{"output_tokens":9223372036854775808}}}"#,
            #"{"type":"message_start","message":{"usage":{"cache_creation":7}}}"#,
        ])
    func malformedFirst(data: String) {
        #expect(Tape.read([data]) == [.failed(.malformed)])
    }

    @Test(
        "A malformed event in mid-stream ends it",
        arguments: [
            #"{"type":"content_block_start","index":0}"#,
            #"{"type":"content_block_start","content_block":{"type":"text"}}"#,
            #"{"type":"content_block_delta","index":0}"#, #"{"type":"content_block_delta","index":0,"delta":{}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":7}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta"}}"#,
            #"{"type":"content_block_delta","index":"0","delta":{"type":"text_delta","text":"x"}}"#,
            #"{"type":"content_block_stop"}"#, #"{"type":"message_delta","usage":7}"#,
            #"{"type":"message_delta","delta":{"stop_reason":7}}"#, "not json",
        ])
    func malformedLater(data: String) {
        #expect(Tape.read([Tape.start, Tape.textBlock, data, Tape.stop]).last == .failed(.malformed))
    }

    @Test("Events in an order the protocol excludes end the stream")
    func wrongOrder() {
        let cases: [[String]] = [
            [Tape.textBlock], [Tape.text("x")], [Tape.stopBlock], [Tape.end], [Tape.stop],
            [Tape.start, Tape.start], [Tape.start, Tape.text("x")], [Tape.start, Tape.stopBlock],
            [Tape.start, Tape.textBlock, Tape.textBlock], [Tape.start, Tape.textBlock, Tape.text("x", index: 1)],
            [Tape.start, Tape.textBlock, Tape.stopBlock, Tape.text("x")],
            [Tape.start, Tape.textBlock, Tape.stopBlock, Tape.stopBlock],
            [Tape.start, Tape.textBlock, Tape.end, Tape.stop],
        ]
        for data in cases {
            #expect(Tape.read(data).last == .failed(.outOfOrder), "\(data)")
        }
    }

    @Test("Bytes that are no event stream are malformed, and what stood before them counts")
    func badBytes() {
        var stream = AnthropicStream()
        let broken = Tape.bytes([Tape.start, Tape.textBlock, Tape.text("Hi")]) + Array("data: ".utf8) + [0xFF, 10, 10]
        #expect(stream.feed(broken) == [Tape.wholeEvents[0], .text("Hi"), .failed(.malformed)])
        #expect(stream.feed(Tape.bytes(Tape.whole)).isEmpty)
        #expect(stream.end().isEmpty)
    }

    @Test("An event at the size limit is read; one above ends the stream")
    func eventSize() {
        for (excess, fault) in [(-1, ProviderFault.cut), (0, .cut), (1, .malformed)] {
            let frame = #"{"type":"telemetry","x":""}"#
            let filler = String(repeating: "x", count: ProviderLimits.eventBytes - frame.utf8.count - 6 + excess)
            var stream = AnthropicStream()
            let bytes = Array(#"data: {"type":"telemetry","x":"\#(filler)"}"#.utf8) + [10, 10]
            #expect(stream.feed(bytes) + stream.end() == [.failed(fault)], "\(excess)")
        }
    }

    @Test("At most as many blocks may be open as the limit says")
    func openBlocks() {
        for (count, fault) in [(-1, ProviderFault.cut), (0, .cut), (1, .malformed)] {
            let blocks = (0..<ProviderLimits.openBlocks + count).map {
                #"{"type":"content_block_start","index":\#($0),"content_block":{"type":"text","text":""}}"#
            }
            #expect(Tape.read([Tape.start] + blocks).last == .failed(fault), "\(count)")
        }
    }
}
