import Primitives

/// Reads a chunked body (RFC 9112 section 7.1). A pure value; extensions and trailers are checked, bounded and dropped.
struct ChunkedDecoder: Sendable {
    enum Step {
        case needsMore
        case data(Range<Int>)
        case end
    }

    private enum State {
        case size
        case extensions
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
    }

    private let limits: ParserLimits
    private var state = State.size
    private var size = 0
    private var digits = 0
    private var lineBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var received = 0

    init(limits: ParserLimits) {
        self.limits = limits
    }

    /// Reads on from `start`; returns what came and where it stopped reading. A chunk's size is judged against
    /// `bodyLimit` before its data is taken.
    mutating func next(
        _ input: Span<UInt8>, bodyLimit: Int
    ) throws(ProtocolRefusal) -> (step: Step, consumed: Int) {
        var position = 0
        while position < input.count {
            if state == .data {
                let count = min(size, input.count - position)
                size -= count
                if size == 0 { state = .dataReturn }
                return (.data(position..<position + count), position + count)
            }
            let byte = input[position]
            position += 1
            if state == .lastLineFeed {
                guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
                return (.end, position)
            }
            try take(byte, bodyLimit: bodyLimit)
        }
        return (.needsMore, position)
    }

    private mutating func take(_ byte: UInt8, bodyLimit: Int) throws(ProtocolRefusal) {
        switch state {
        case .size, .extensions, .sizeLineFeed: try takeSizeLine(byte, bodyLimit: bodyLimit)
        case .dataReturn:
            guard byte == ByteClass.carriageReturn else { throw .invalidChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == ByteClass.lineFeed else { throw .invalidChunk }
            beginSize()
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: try takeTrailer(byte)
        case .data, .lastLineFeed: break
        }
    }

    private mutating func beginSize() {
        state = .size
        size = 0
        digits = 0
        lineBytes = 0
    }

    private mutating func takeSizeLine(_ byte: UInt8, bodyLimit: Int) throws(ProtocolRefusal) {
        lineBytes += 1
        guard lineBytes <= limits.chunkLineBytes else { throw .oversizedChunkExtension }
        switch state {
        case .size:
            if let digit = Hex.value(ofDigit: byte) {
                digits += 1
                guard digits <= ParserLimits.chunkSizeDigits else { throw .invalidChunk }
                size = size << 4 | Int(digit)
            } else {
                guard digits > 0 else { throw .invalidChunk }
                try endSize(byte)
            }
        case .extensions:
            try endSize(byte)
        default:
            guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
            guard size <= bodyLimit - received else { throw .bodyTooLarge }
            received += size
            state = size == 0 ? .trailerStart : .data
        }
    }

    /// After the digits: the line's end, or an extension. Blanks before it are refused: some readers skip them, others
    /// read a size of zero.
    private mutating func endSize(_ byte: UInt8) throws(ProtocolRefusal) {
        if byte == ByteClass.carriageReturn {
            state = .sizeLineFeed
            return
        }
        if state == .size {
            guard byte == UInt8(ascii: ";") else { throw byte == ByteClass.lineFeed ? .bareLineFeed : .invalidChunk }
            state = .extensions
        }
        guard byte != ByteClass.lineFeed else { throw .bareLineFeed }
        guard byte >= 0x20 && byte != 0x7F || byte == ByteClass.tab else { throw .controlCharacter }
        extensionBytes += 1
        guard extensionBytes <= limits.chunkExtensionBytes else { throw .oversizedChunkExtension }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(ProtocolRefusal) {
        trailerBytes += 1
        guard trailerBytes <= limits.trailerBytes else { throw .oversizedTrailer }
        switch state {
        case .trailerStart:
            if byte == ByteClass.carriageReturn {
                state = .lastLineFeed
            } else {
                guard ByteClass.isToken(byte) else { throw .invalidTrailer }
                state = .trailerName
            }
        case .trailerName:
            if byte == ByteClass.colon {
                state = .trailerValue
            } else {
                guard ByteClass.isToken(byte) else { throw .invalidTrailer }
            }
        case .trailerValue:
            if byte == ByteClass.carriageReturn {
                state = .trailerLineFeed
            } else {
                guard byte >= 0x20 && byte != 0x7F || byte == ByteClass.tab else { throw .invalidTrailer }
            }
        default:
            guard byte == ByteClass.lineFeed else { throw .bareCarriageReturn }
            state = .trailerStart
        }
    }
}
