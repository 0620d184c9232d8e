/// Finds where a head ends, byte by byte, and refuses broken line ends and control characters as soon as they come: a
/// head that never ends properly must not wait for its time limit.
struct HeadScanner: Sendable {
    enum Outcome {
        case incomplete
        /// The head ends before this position of the input.
        case complete(Int)
        case refused(ProtocolRefusal)
    }

    private let limit: Int
    private var afterReturn = false
    private var lineLength = 0
    private var hasLine = false
    /// Bytes of the head so far.
    private(set) var count = 0
    /// Bytes of the empty line before the request line: one such line is passed over (RFC 9112 section 2.2).
    private(set) var skipped = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func scan(_ input: Span<UInt8>) -> Outcome {
        for position in 0..<input.count {
            let byte = input[position]
            count += 1
            guard count <= limit else { return .refused(.headTooLarge) }
            if afterReturn {
                guard byte == ByteClass.lineFeed else { return .refused(.bareCarriageReturn) }
                afterReturn = false
                if lineLength == 0 {
                    if hasLine { return .complete(position + 1) }
                    guard skipped == 0 else { return .refused(.malformedRequestLine) }
                    skipped = 2
                } else {
                    hasLine = true
                    lineLength = 0
                }
            } else if byte >= 0x20 && byte != 0x7F || byte == ByteClass.tab {
                lineLength += 1
            } else if byte == ByteClass.carriageReturn {
                afterReturn = true
            } else {
                return .refused(byte == ByteClass.lineFeed ? .bareLineFeed : .controlCharacter)
            }
        }
        return .incomplete
    }
}
