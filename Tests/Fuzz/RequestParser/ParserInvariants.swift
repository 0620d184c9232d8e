import HTTPServer
import HTTPTypes

/// What must hold for every stream of bytes that the request parser is fed, good or bad. The fuzz target and the test
/// that replays its corpus check the same.
enum ParserInvariants {
    /// Small, so that a fuzzer reaches it.
    private static let bodyLimit = 4096

    private struct Message: Hashable {
        var method: String
        var path: String
        var query: String?
        var fields: [HTTPFields.Field]
        var announced: Int?
        var body: [UInt8] = []
        var isComplete = false
    }

    private struct Outcome: Hashable {
        var messages: [Message] = []
        var refusal: ProtocolRefusal?
    }

    /// Nil, or what does not hold.
    static func violation(_ stream: [UInt8]) -> String? {
        let whole = outcome(stream, pieces: [])
        for message in whole.messages {
            if let violation = violation(message) { return violation }
        }
        if outcome(stream, pieces: [1]) != whole { return "fed byte by byte, the stream reads differently" }
        let pieces = pieces(from: stream)
        if outcome(stream, pieces: pieces) != whole { return "cut into \(pieces), the stream reads differently" }
        return nil
    }

    private static func violation(_ message: Message) -> String? {
        let fields = HTTPFields(message.fields)
        let codings = fields.values(of: "Transfer-Encoding")
        let lengths = fields.values(of: "Content-Length")
        if !codings.isEmpty, !lengths.isEmpty { return "Content-Length beside Transfer-Encoding" }
        if codings.count > 1 || lengths.count > 1 { return "framing told twice" }
        if let coding = codings.first, coding.lowercased() != "chunked" { return "coding \(coding)" }
        if let length = lengths.first, Int(length) != message.announced { return "length \(length)" }
        if codings.isEmpty, lengths.isEmpty, message.announced != 0 { return "a body that nothing announced" }
        if fields.values(of: "Host").count > 1 { return "two Hosts" }
        if message.body.count > bodyLimit { return "a body above its limit" }
        if message.isComplete, let announced = message.announced, announced != message.body.count {
            return "\(message.body.count) bytes of body instead of \(announced)"
        }
        let isPath = message.path.hasPrefix("/") || message.path == "*" && message.method == "OPTIONS"
        if !isPath { return "path \(message.path)" }
        let values = message.fields.flatMap { [$0.name, $0.value] }
        if ([message.method, message.path, message.query ?? ""] + values).contains(where: hasControl) {
            return "a control character in the head"
        }
        if message.method.isEmpty || message.fields.contains(where: { $0.name.isEmpty }) { return "an empty name" }
        return nil
    }

    private static func hasControl(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
    }

    /// Sizes that follow from the content, so that one input is always cut in the same way.
    private static func pieces(from stream: [UInt8]) -> [Int] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in stream { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<8).map { 1 + Int(truncatingIfNeeded: state >> (8 * UInt64($0)) & 0x3F) }
    }

    /// Feeds the stream in pieces of these sizes, over and over; in one piece if there are none.
    private static func outcome(_ stream: [UInt8], pieces: [Int]) -> Outcome {
        var parser = RequestParser()
        var outcome = Outcome()
        var start = 0
        var turn = 0
        repeat {
            let size = pieces.isEmpty ? stream.count : pieces[turn % pieces.count]
            let end = min(start + size, stream.count)
            feed(Array(stream[start..<end]), to: &parser, &outcome)
            start = end
            turn += 1
        } while start < stream.count && outcome.refusal == nil
        return outcome
    }

    private static func feed(_ piece: [UInt8], to parser: inout RequestParser, _ outcome: inout Outcome) {
        var used = 0
        while true {
            let (step, consumed) = parser.feed(piece.span.extracting(used...))
            let rest = used
            used += consumed
            switch step {
            case .needsMore:
                precondition(used == piece.count, "more is asked for only when all is used")
                return
            case .head(let head):
                parser.bodyLimit = bodyLimit
                outcome.messages.append(
                    Message(
                        method: head.method.rawValue, path: head.path, query: head.query, fields: head.fields.all,
                        announced: head.contentLength))
            case .body(let range):
                precondition(range.upperBound <= consumed, "a piece of body is part of what was used")
                let bytes = piece[(rest + range.lowerBound)..<(rest + range.upperBound)]
                outcome.messages[outcome.messages.count - 1].body += bytes
            case .complete: outcome.messages[outcome.messages.count - 1].isComplete = true
            case .refused(let refusal):
                outcome.refusal = refusal
                return
            }
        }
    }
}
