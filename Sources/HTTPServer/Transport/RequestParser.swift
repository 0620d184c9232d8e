/// Reads HTTP/1.1 requests from a stream of bytes. A pure value: bytes in, steps out; no clock, no socket.
///
/// What it answers does not depend on how the stream was cut into pieces. A stream is a sequence of requests, each
/// `head`, any number of `body`, `complete`; or it ends in `refused`, after which every feed is refused again.
public struct RequestParser: Sendable {
    /// What a feed found.
    public enum Step: Sendable {
        /// All input is consumed and more is needed.
        case needsMore
        /// A whole head. Set `bodyLimit` before the next feed.
        case head(RequestHead)
        /// A piece of the body: this range of the input.
        case body(Range<Int>)
        /// The request is complete; what follows belongs to the next one.
        case complete
        /// The stream cannot be read on.
        case refused(ProtocolRefusal)
    }

    private enum State {
        case head
        case fixed(left: Int, of: Int)
        case chunked(ChunkedDecoder)
        case complete
        case refused(ProtocolRefusal)
    }

    private let limits: ParserLimits
    private var state = State.head
    private var scanner: HeadScanner
    /// The head's bytes while it is incomplete.
    private var partial: [UInt8] = []
    /// How many body bytes the present request may have. Bytes beyond it refuse the request with 413; a
    /// Content-Length above it at the first feed after the head, before any is read.
    public var bodyLimit = 0

    /// A parser at the start of a stream.
    public init(limits: ParserLimits = ParserLimits()) {
        self.limits = limits
        scanner = HeadScanner(limit: limits.headBytes)
    }

    /// Whether part of a head has been read.
    public var isInsideHead: Bool { scanner.count > 0 }

    /// Reads from the front of `input` until there is something to report; says how many bytes it took. Feed the rest
    /// again until `needsMore`. An empty input is allowed and may still complete a request without a body.
    public mutating func feed(_ input: Span<UInt8>) -> (step: Step, consumed: Int) {
        do throws(ProtocolRefusal) {
            return try advance(input)
        } catch {
            forget()
            state = .refused(error)
            return (.refused(error), 0)
        }
    }

    /// Wipes what is held of an incomplete head: it may carry a token.
    public mutating func forget() {
        partial.wipe()
        partial = []
    }

    private mutating func advance(_ input: Span<UInt8>) throws(ProtocolRefusal) -> (step: Step, consumed: Int) {
        switch state {
        case .head: return try readHead(input)
        case .fixed(let left, let length):
            guard length <= bodyLimit else { throw .bodyTooLarge }
            guard !input.isEmpty else { return (.needsMore, 0) }
            let count = min(left, input.count)
            state = count == left ? .complete : .fixed(left: left - count, of: length)
            return (.body(0..<count), count)
        case .chunked(var decoder):
            let (step, consumed) = try decoder.next(input, bodyLimit: bodyLimit)
            state = .chunked(decoder)
            switch step {
            case .needsMore: return (.needsMore, consumed)
            case .data(let range): return (.body(range), consumed)
            case .end:
                state = .head
                return (.complete, consumed)
            }
        case .complete:
            state = .head
            return (.complete, 0)
        case .refused(let refusal): throw refusal
        }
    }

    private mutating func readHead(_ input: Span<UInt8>) throws(ProtocolRefusal) -> (step: Step, consumed: Int) {
        switch scanner.scan(input) {
        case .refused(let refusal): throw refusal
        case .incomplete:
            partial.append(copying: input)
            return (.needsMore, input.count)
        case .complete(let end):
            let skipped = scanner.skipped
            scanner = HeadScanner(limit: limits.headBytes)
            let head: RequestHead
            if partial.isEmpty {
                head = try parse(input.extracting(0..<end), skipping: skipped)
            } else {
                partial.append(copying: input.extracting(0..<end))
                head = try parse(partial.span, skipping: skipped)
                forget()
            }
            state = RequestParser.state(after: head.framing, limits)
            return (.head(head), end)
        }
    }

    private func parse(_ bytes: Span<UInt8>, skipping skipped: Int) throws(ProtocolRefusal) -> RequestHead {
        var parser = HeadParser(limits: limits)
        return try parser.parse(bytes.extracting(skipped...))
    }

    private static func state(after framing: RequestHead.Framing, _ limits: ParserLimits) -> State {
        switch framing {
        case .none: .complete
        case .length(let count): .fixed(left: count, of: count)
        case .chunked: .chunked(ChunkedDecoder(limits: limits))
        }
    }
}
