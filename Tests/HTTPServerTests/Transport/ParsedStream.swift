import HTTPTypes

@testable import HTTPServer

/// What a parser made of a stream of bytes: requests, and what ended it.
struct ParsedStream: Hashable {
    struct Message: Hashable {
        var method: String
        var path: String
        var query: String?
        var fields: [HTTPFields.Field]
        var announced: Int?
        var expectsContinue: Bool
        var wantsClose: Bool
        var body: [UInt8] = []
        var isComplete = false

        init(_ head: RequestHead) {
            method = head.method.rawValue
            path = head.path
            query = head.query
            fields = head.fields.all
            announced = head.contentLength
            expectsContinue = head.expectsContinue
            wantsClose = head.wantsClose
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    var messages: [Message] = []
    var refusal: ProtocolRefusal?

    /// Feeds `bytes` cut into pieces of the given sizes; what is left after them goes in at once.
    init(
        _ bytes: [UInt8], pieces: some Sequence<Int> = [], limits: ParserLimits = ParserLimits(),
        bodyLimit: Int = 1 << 20
    ) {
        var parser = RequestParser(limits: limits)
        var start = 0
        for size in pieces where start < bytes.count && refusal == nil {
            let end = min(start + size, bytes.count)
            feed(bytes[start..<end], to: &parser, bodyLimit)
            start = end
        }
        if refusal == nil { feed(bytes[start...], to: &parser, bodyLimit) }
    }

    init(_ text: String, limits: ParserLimits = ParserLimits(), bodyLimit: Int = 1 << 20) {
        self.init(Array(text.utf8), limits: limits, bodyLimit: bodyLimit)
    }

    private mutating func feed(_ piece: ArraySlice<UInt8>, to parser: inout RequestParser, _ bodyLimit: Int) {
        // A copy of its own, so that a read outside the piece is outside the allocation.
        let input = Array(piece)
        var used = 0
        while true {
            let (step, consumed) = parser.feed(input.span.extracting(used...))
            let rest = used
            used += consumed
            switch step {
            case .needsMore:
                precondition(used == input.count, "more is needed only when all is used")
                return
            case .head(let head):
                messages.append(Message(head))
                parser.bodyLimit = bodyLimit
            case .body(let range):
                precondition(range.upperBound <= consumed, "a body piece lies in what was consumed")
                messages[messages.count - 1].body += input[(rest + range.lowerBound)..<(rest + range.upperBound)]
            case .complete: messages[messages.count - 1].isComplete = true
            case .refused(let refusal):
                self.refusal = refusal
                return
            }
        }
    }
}
