import HTTPTypes

/// Reads a response's head from the lines that libcurl hands out, one at a time: interim responses, the final head,
/// then trailers.
///
/// libcurl frames the body by what it reads in these lines; the parser refuses what two readers could frame
/// differently (RFC 9112 section 6.3), so a reused connection never carries one response into another.
struct ResponseHeadParser {
    /// What a line amounts to.
    enum Step {
        /// More lines must come.
        case more
        /// The final head is whole. Comes once.
        case head(ResponseHead)
        /// The response must not be used.
        case refused(HTTPClientError)
    }

    private let byteLimit: Int
    private let fieldLimit: Int
    private var bytes = 0
    private var status: Int?
    private var fields: [HTTPFields.Field] = []
    private var fieldCount = 0
    private var isOld = false
    private var isComplete = false

    /// A parser for one response.
    init(byteLimit: Int, fieldLimit: Int) {
        self.byteLimit = byteLimit
        self.fieldLimit = fieldLimit
    }

    /// Takes one line with its line end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        bytes += line.count
        guard bytes <= byteLimit else { return .refused(.tooLarge) }
        var text = line[...]
        while let last = text.last, last == 0x0A || last == 0x0D { text = text.dropLast() }
        guard text.allSatisfy(FieldSyntax.isValueByte) else { return .refused(.malformedResponse) }
        if isComplete { return text.isEmpty ? .more : countField() }
        guard status != nil else { return takeStatus(text) }
        return text.isEmpty ? endBlock() : takeField(text)
    }

    private mutating func countField() -> Step {
        fieldCount += 1
        return fieldCount <= fieldLimit ? .more : .refused(.tooLarge)
    }

    private mutating func takeStatus(_ text: some Collection<UInt8>) -> Step {
        let parts = text.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].count == 3, let code = FieldSyntax.number(parts[1]), code >= 100 else {
            return .refused(.malformedResponse)
        }
        isOld = parts[0].elementsEqual("HTTP/1.0".utf8)
        guard isOld || parts[0].elementsEqual("HTTP/1.1".utf8) else { return .refused(.malformedResponse) }
        status = code
        return .more
    }

    private mutating func takeField(_ text: some Collection<UInt8>) -> Step {
        if let first = text.first, first == 0x20 || first == 0x09 {
            // A folded line (RFC 9112 section 5.2): a user agent joins it with a space.
            guard let last = fields.popLast() else { return .refused(.malformedResponse) }
            let more = String(decoding: FieldSyntax.trimmed(text), as: UTF8.self)
            fields.append(HTTPFields.Field(last.name, last.value.isEmpty ? more : "\(last.value) \(more)"))
            return .more
        }
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, FieldSyntax.isToken(parts[0]) else { return .refused(.malformedResponse) }
        fields.append(
            HTTPFields.Field(
                String(decoding: parts[0], as: UTF8.self),
                String(decoding: FieldSyntax.trimmed(parts[1]), as: UTF8.self)))
        return countField()
    }

    private mutating func endBlock() -> Step {
        guard let code = status else { return .refused(.malformedResponse) }
        let head = ResponseHead(status: code, fields: HTTPFields(fields))
        status = nil
        fields = []
        guard code >= 200 || code == 101 else { return .more }
        // Nobody asked for another protocol.
        guard code != 101, isFramedOnce(head.fields) else { return .refused(.malformedResponse) }
        isComplete = true
        return .head(head)
    }

    /// One length or the one coding that HTTP/1.1 obliges everyone to know; HTTP/1.0 has no codings.
    private func isFramedOnce(_ fields: HTTPFields) -> Bool {
        let lengths = fields.values(of: "Content-Length")
        let codings = fields.values(of: "Transfer-Encoding")
        if let coding = codings.first {
            return lengths.isEmpty && codings.count == 1 && HTTPFields.same(coding, "chunked") && !isOld
        }
        guard let length = lengths.first else { return true }
        return lengths.allSatisfy { $0 == length } && FieldSyntax.number(length.utf8) != nil
    }
}
