import HTTPTypes

/// Reads one complete head: request line, field lines and the empty line, whose line ends `HeadScanner` has checked.
struct HeadParser {
    private let limits: ParserLimits
    private var fields = HTTPFields()
    private var rules = FieldRules()

    init(limits: ParserLimits) {
        self.limits = limits
    }

    /// A pure function of the bytes: the head, or why it is refused.
    mutating func parse(_ bytes: Span<UInt8>) throws(ProtocolRefusal) -> RequestHead {
        let line = try RequestLine(bytes, 0..<lineEnd(bytes, from: 0))
        var start = line.end + 2
        while bytes[start] != ByteClass.carriageReturn {
            let end = lineEnd(bytes, from: start)
            try field(bytes, start..<end)
            start = end + 2
        }
        try rules.checkHost(against: line.authority, isHTTP10: line.isHTTP10)
        return RequestHead(
            method: line.method, path: line.path, query: line.query, fields: fields,
            framing: try rules.framing(isHTTP10: line.isHTTP10), isHTTP10: line.isHTTP10,
            expectsContinue: rules.expectsContinue && !line.isHTTP10, wantsClose: rules.wantsClose)
    }

    private func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while bytes[position] != ByteClass.carriageReturn { position += 1 }
        return position
    }

    private mutating func field(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ProtocolRefusal) {
        guard fields.count < limits.fieldCount else { throw .tooManyFields }
        guard !ByteClass.isBlank(bytes[line.lowerBound]) else { throw .foldedField }
        var colon = line.lowerBound
        while colon < line.upperBound, ByteClass.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == ByteClass.colon else {
            throw .malformedField
        }
        let name = line.lowerBound..<colon
        let value = bytes.trimmed(colon + 1..<line.upperBound)
        guard let text = bytes.validText(value) else { throw .invalidFieldValue }
        try rules.note(bytes, name: name, value: value, text: text)
        fields.append(bytes.asciiText(name), text)
    }
}
