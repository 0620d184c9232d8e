import Primitives

/// What the simulator says, and what it counts: both follow from the request alone.
struct Answer {
    /// A token for each begun four bytes of UTF-8: in the input of system prompt and messages, in the output of
    /// thinking and text.
    static func tokens(_ bytes: Int) -> Int {
        (bytes + 3) / 4
    }

    let model: String
    let scenario: Scenario
    let thinking: [String]
    let pieces: [String]
    let stopReason: String
    private let inputTokens: Int

    init(_ request: MessagesRequest, _ scenario: Scenario, text: String) {
        model = request.model
        self.scenario = scenario
        inputTokens = Answer.tokens(request.inputBytes)
        thinking = scenario.thinks ? Answer.words("Let me think about that.") : []
        var said = "You said: " + text
        if let bytes = scenario.outputBytes { said = Answer.filler(bytes) }
        let room = max(0, 4 * request.maximumTokens - thinking.joined().utf8.count)
        let fits = said.utf8.count <= room
        if !fits { said = String(decoding: said.utf8.prefix(room), as: UTF8.self) }
        stopReason = fits ? "end_turn" : "max_tokens"
        pieces = scenario.outputBytes == nil ? Answer.words(said) : Answer.blocks(said)
    }

    var text: String { pieces.joined() }

    /// The counts at the start, where the output is a small number that means nothing, or at the end.
    func usage(isFinal: Bool) -> JSON {
        let said = scenario.reportedOutputTokens ?? Answer.tokens(thinking.joined().utf8.count + text.utf8.count)
        let output = isFinal ? said : 1
        guard scenario.caches else {
            return [
                "input_tokens": .integer(Int64(inputTokens)), "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0, "output_tokens": .integer(Int64(output)),
            ]
        }
        return [
            "input_tokens": .integer(Int64(inputTokens)), "cache_creation_input_tokens": 300,
            "cache_creation": ["ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 100],
            "cache_read_input_tokens": 1_000, "output_tokens": .integer(Int64(output)),
        ]
    }

    /// The message object, empty at the start of a stream, whole where there is none.
    func message(id: String, isWhole: Bool) -> JSON {
        var members: [JSON.Member] = [
            .init("id", .string(id)), .init("type", "message"), .init("role", "assistant"),
            .init("model", .string(model)), .init("content", isWhole ? content : []),
            .init("stop_reason", isWhole ? .string(stopReason) : nil), .init("stop_sequence", nil),
        ]
        if !scenario.reportsNoUsage { members.append(.init("usage", usage(isFinal: isWhole))) }
        return .object(members)
    }

    private var content: JSON {
        var blocks: [JSON] = []
        if !thinking.isEmpty {
            blocks.append(["type": "thinking", "thinking": .string(thinking.joined()), "signature": "c2ln"])
        }
        return .array(blocks + [["type": "text", "text": .string(text)]])
    }

    /// A piece a word, each with the space before it.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        for character in text {
            if words.isEmpty || character == " " { words.append("") }
            words[words.count - 1].append(character)
        }
        return words
    }

    private static func filler(_ bytes: Int) -> String {
        String(repeating: "0123456789abcdef", count: bytes / 16) + String(repeating: ".", count: bytes % 16)
    }

    /// Pieces of four kilobytes, for long answers.
    private static func blocks(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: 4_096).map {
            String(decoding: bytes[$0..<min($0 + 4_096, bytes.count)], as: UTF8.self)
        }
    }
}
