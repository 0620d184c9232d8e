import HTTPTypes
import Primitives

/// What the simulator does on one stream, step by step.
struct EventScript {
    enum Step {
        /// Send these bytes.
        case send([UInt8])
        /// Wait so many milliseconds.
        case wait(UInt64)
        /// Break the connection off.
        case cut
        /// Say nothing more and keep the connection open.
        case silence
    }

    private(set) var steps: [Step] = []
    private let answer: Answer
    private var scenario: Scenario { answer.scenario }

    /// The steps of `answer`. Whatever follows a cut, an error or a silence is never reached.
    init(_ answer: Answer, id: String) {
        self.answer = answer
        if scenario.cut == .head { steps.append(.cut) }
        if scenario.isOverloaded {
            send(ErrorAnswer(529, "overloaded_error", "Overloaded").json)
            return
        }
        send(["type": "message_start", "message": answer.message(id: id, isWhole: false)])
        if scenario.cut == .start { steps.append(.cut) }
        var index = 0
        if !answer.thinking.isEmpty {
            appendThinking(at: index)
            index += 1
        }
        appendText(at: index)
        appendEnd()
    }

    private mutating func appendThinking(at index: Int) {
        let index = JSON.integer(Int64(index))
        send([
            "type": "content_block_start", "index": index,
            "content_block": ["type": "thinking", "thinking": "", "signature": ""],
        ])
        for piece in answer.thinking {
            pace()
            send(delta(index, ["type": "thinking_delta", "thinking": .string(piece)]))
        }
        send(delta(index, ["type": "signature_delta", "signature": "c2ln"]))
        send(["type": "content_block_stop", "index": index])
    }

    private mutating func appendText(at index: Int) {
        let index = JSON.integer(Int64(index))
        send(["type": "content_block_start", "index": index, "content_block": ["type": "text", "text": ""]])
        send(["type": "ping"])
        appendFaults(after: 0)
        for (count, piece) in answer.pieces.enumerated() {
            pace()
            send(delta(index, ["type": "text_delta", "text": .string(piece)]))
            appendFaults(after: count + 1)
        }
        send(["type": "content_block_stop", "index": index])
    }

    private mutating func appendEnd() {
        if scenario.cut == .usage { steps.append(.cut) }
        var end: [JSON.Member] = [
            .init("type", "message_delta"),
            .init("delta", ["stop_reason": .string(answer.stopReason), "stop_sequence": nil]),
        ]
        if !scenario.reportsNoUsage { end.append(.init("usage", answer.usage(isFinal: true))) }
        send(.object(end))
        if scenario.cut == .stop { steps.append(.cut) }
        send(["type": "message_stop"])
    }

    private mutating func appendFaults(after count: Int) {
        if scenario.cut == .delta(count) { steps.append(.cut) }
        if scenario.stallAfter == count { steps.append(.silence) }
        if scenario.malformedAfter == count {
            steps.append(.send(ServerSentEvent(event: "content_block_delta", data: #"{"type":"content_blo"#).wireBytes))
        }
        if scenario.errorAfter == count {
            send(ErrorAnswer(529, "overloaded_error", "Overloaded; key sk-ant-FRAGMENT").json)
        }
    }

    private mutating func pace() {
        if scenario.slowMilliseconds > 0 { steps.append(.wait(scenario.slowMilliseconds)) }
    }

    private func delta(_ index: JSON, _ delta: JSON) -> JSON {
        ["type": "content_block_delta", "index": index, "delta": delta]
    }

    /// An event named after its type, as the API sends it.
    private mutating func send(_ json: JSON) {
        steps.append(.send(ServerSentEvent(event: json["type"]?.string, data: json.text).wireBytes))
    }
}
