import HTTPTypes

/// `method SP request-target SP HTTP-version` (RFC 9112 section 3).
struct RequestLine {
    let method: HTTPMethod
    let path: String
    let query: String?
    /// The authority of an absolute-form target.
    let authority: String?
    let isHTTP10: Bool
    /// Where the line's CRLF stands.
    let end: Int

    init(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ProtocolRefusal) {
        end = line.upperBound
        var methodEnd = line.lowerBound
        while methodEnd < line.upperBound, ByteClass.isToken(bytes[methodEnd]) { methodEnd += 1 }
        guard methodEnd > line.lowerBound, methodEnd < line.upperBound, bytes[methodEnd] == ByteClass.space,
            let targetEnd = bytes.position(of: ByteClass.space, in: methodEnd + 1..<line.upperBound)
        else { throw .malformedRequestLine }
        let methodRange = line.lowerBound..<methodEnd
        let target = methodEnd + 1..<targetEnd
        isHTTP10 = try RequestLine.isHTTP10(bytes, targetEnd + 1..<line.upperBound)
        method = RequestLine.method(bytes, methodRange)
        guard method != .trace, method != .connect else { throw .methodNotImplemented }
        let parts = try RequestTarget(bytes, target, method: method)
        path = parts.path
        query = parts.query
        authority = parts.authority
    }

    private static func isHTTP10(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ProtocolRefusal) -> Bool {
        if bytes.equals("HTTP/1.1", in: range) { return false }
        if bytes.equals("HTTP/1.0", in: range) { return true }
        let start = range.lowerBound
        guard range.count == 8, bytes.equals("HTTP/", in: start..<start + 5), ByteClass.isDigit(bytes[start + 5]),
            bytes[start + 6] == UInt8(ascii: "."), ByteClass.isDigit(bytes[start + 7])
        else { throw .malformedRequestLine }
        throw .versionNotSupported
    }

    private static func method(_ bytes: Span<UInt8>, _ range: Range<Int>) -> HTTPMethod {
        if bytes.equals("GET", in: range) { return .get }
        if bytes.equals("POST", in: range) { return .post }
        return HTTPMethod(rawValue: bytes.asciiText(range))
    }
}
