import HTTPTypes

/// A request target in origin-form, absolute-form or asterisk-form (RFC 9112 section 3.2).
struct RequestTarget {
    let path: String
    let query: String?
    let authority: String?

    init(_ bytes: Span<UInt8>, _ target: Range<Int>, method: HTTPMethod) throws(ProtocolRefusal) {
        guard let first = target.first else { throw .malformedRequestLine }
        for position in target {
            guard ByteClass.isVisible(bytes[position]), bytes[position] != UInt8(ascii: "#") else {
                throw .invalidTarget
            }
        }
        var rest = target
        if bytes[first] == UInt8(ascii: "/") {
            authority = nil
        } else if bytes.equals("*", in: target) {
            guard method == .options else { throw .invalidTarget }
            authority = nil
        } else {
            let host = try RequestTarget.authority(bytes, target)
            authority = bytes.asciiText(host)
            rest = host.upperBound..<target.upperBound
        }
        let mark = bytes.position(of: UInt8(ascii: "?"), in: rest)
        let pathRange = rest.lowerBound..<(mark ?? rest.upperBound)
        // RFC 3986 section 6.2.3: an absolute target without a path means "/".
        path = pathRange.isEmpty ? "/" : bytes.asciiText(pathRange)
        query = mark.map { bytes.asciiText($0 + 1..<rest.upperBound) }
    }

    /// Where the authority stands in `http://authority/path`. User information is refused: it is deprecated, and two
    /// readers may disagree about where the host begins.
    private static func authority(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(ProtocolRefusal) -> Range<Int> {
        let start: Int
        if target.count > 7, bytes.equalsFolded("http://", in: target.lowerBound..<target.lowerBound + 7) {
            start = target.lowerBound + 7
        } else if target.count > 8, bytes.equalsFolded("https://", in: target.lowerBound..<target.lowerBound + 8) {
            start = target.lowerBound + 8
        } else {
            throw .invalidTarget
        }
        var end = start
        while end < target.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        guard HostRule.isValid(bytes, start..<end) else { throw .invalidTarget }
        return start..<end
    }
}
