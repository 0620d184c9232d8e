import HTTPTypes

@testable import Agents

/// The events of an answer as the API documents them, as a tape that tests cut, bend and repeat.
enum ProviderTranscript {
    static let start =
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","#
        + #""model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"stop_sequence":null,"#
        + #""usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"#
        + #""output_tokens":1}}}"#
    static let ping = #"{"type":"ping"}"#
    static let textBlock = #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#
    static let stopBlock = #"{"type":"content_block_stop","index":0}"#
    static let end =
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"#
        + #""usage":{"output_tokens":15}}"#
    static let stop = #"{"type":"message_stop"}"#

    static func text(_ piece: String, index: Int = 0) -> String {
        #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"text_delta","text":"\#(piece)"}}"#
    }

    static func error(_ type: String) -> String {
        #"{"type":"error","error":{"type":"\#(type)","message":"sk-ant-leak in here"}}"#
    }

    /// A whole answer, "Hello there".
    static let whole = [start, textBlock, ping, text("Hello"), text(" there"), stopBlock, end, stop]

    /// What a correct reader makes of `whole`.
    static let wholeEvents: [ProviderEvent] = [
        .started(model: "claude-haiku-4-5-20251001", usage: TokenUsage(freshInput: 25, output: 1)),
        .text("Hello"), .text(" there"), .usage(TokenUsage(freshInput: 25, output: 15)), .stopped(.endTurn), .finished,
    ]

    /// The bytes of a stream with these data, each named as its type says.
    static func bytes(_ data: [String]) -> [UInt8] {
        data.flatMap { ServerSentEvent(event: "x", data: $0).wireBytes }
    }

    /// What the reader makes of a body that consists of these data and then ends.
    static func read(_ data: [String]) -> [ProviderEvent] {
        var stream = AnthropicStream()
        return stream.feed(bytes(data)) + stream.end()
    }
}
