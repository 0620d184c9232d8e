import HTTPTypes

/// Gathers the fields that decide about framing and connection, and judges them together (RFC 9112 sections 3.2, 6).
struct FieldRules {
    private var host: String?
    private var length: Int?
    private var isChunked = false
    private(set) var expectsContinue = false
    private(set) var wantsClose = false

    /// Looks at one field line; refuses it if it is repeated or malformed.
    mutating func note(
        _ bytes: Span<UInt8>, name: Range<Int>, value: Range<Int>, text: String
    ) throws(ProtocolRefusal) {
        switch name.count {
        case 4 where bytes.equalsFolded("host", in: name):
            guard host == nil else { throw .repeatedHost }
            guard HostRule.isValid(bytes, value) else { throw .invalidHost }
            host = text
        case 6 where bytes.equalsFolded("expect", in: name):
            guard bytes.equalsFolded("100-continue", in: value) else { throw .unknownExpectation }
            expectsContinue = true
        case 10 where bytes.equalsFolded("connection", in: name):
            if FieldRules.list(bytes, value, contains: "close") { wantsClose = true }
        case 14 where bytes.equalsFolded("content-length", in: name):
            guard length == nil else { throw .repeatedContentLength }
            length = try FieldRules.decimal(bytes, value)
        case 17 where bytes.equalsFolded("transfer-encoding", in: name):
            guard !isChunked, bytes.equalsFolded("chunked", in: value) else { throw .unsupportedTransferEncoding }
            isChunked = true
        default: break
        }
    }

    /// One Host, required in HTTP/1.1, equal to the authority of an absolute-form target.
    func checkHost(against authority: String?, isHTTP10: Bool) throws(ProtocolRefusal) {
        guard let host else {
            guard isHTTP10 else { throw .missingHost }
            return
        }
        if let authority, !HTTPFields.same(host, authority) { throw .hostMismatch }
    }

    /// How the body is delimited; nothing that leaves room for a second opinion passes.
    func framing(isHTTP10: Bool) throws(ProtocolRefusal) -> RequestHead.Framing {
        if isChunked {
            guard length == nil else { throw .lengthWithTransferEncoding }
            guard !isHTTP10 else { throw .transferEncodingInHTTP10 }
            return .chunked
        }
        guard let length, length > 0 else { return .none }
        return .length(length)
    }

    /// Digits and nothing else: no sign, list or blank. A number too large to compute is larger than any admitted body.
    private static func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ProtocolRefusal) -> Int {
        guard !range.isEmpty else { throw .invalidContentLength }
        for position in range where !ByteClass.isDigit(bytes[position]) { throw .invalidContentLength }
        guard range.count <= ParserLimits.contentLengthDigits else { throw .bodyTooLarge }
        var value = 0
        for position in range { value = value * 10 + Int(bytes[position] & 15) }
        return value
    }

    private static func list(_ bytes: Span<UInt8>, _ range: Range<Int>, contains word: StaticString) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = bytes.position(of: UInt8(ascii: ","), in: start..<range.upperBound) ?? range.upperBound
            if bytes.equalsFolded(word, in: bytes.trimmed(start..<end)) { return true }
            start = end + 1
        }
        return false
    }
}
