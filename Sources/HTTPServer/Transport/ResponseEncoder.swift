import HTTPTypes

/// Writes response heads.
enum ResponseEncoder {
    /// How the end of the body is marked.
    enum Framing {
        /// No body, and none announced (204, 304).
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    /// The interim answer to `Expect: 100-continue`.
    static let goOn: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    /// What ends a chunked body.
    static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)

    private static let okLine: [UInt8] = Array("HTTP/1.1 200 OK\r\n".utf8)
    private static let closeField: [UInt8] = Array("Connection: close\r\n".utf8)
    private static let chunkedField: [UInt8] = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let lengthName: [UInt8] = Array("Content-Length: ".utf8)
    private static let lineEnd: [UInt8] = [ByteClass.carriageReturn, ByteClass.lineFeed]

    /// Appends a head to `out`.
    static func append(
        _ status: HTTPStatus, _ fields: HTTPFields, _ framing: Framing, closes: Bool, to out: inout [UInt8]
    ) {
        if status.code == 200 {
            out.append(contentsOf: okLine)
        } else {
            out.append(contentsOf: "HTTP/1.1 ".utf8)
            append(status.code, to: &out)
            out.append(ByteClass.space)
            out.append(contentsOf: status.reason.utf8)
            out.append(contentsOf: lineEnd)
        }
        for field in fields.all where !isOurs(field.name) {
            appendText(field.name, to: &out)
            out.append(ByteClass.colon)
            out.append(ByteClass.space)
            appendText(field.value, to: &out)
            out.append(contentsOf: lineEnd)
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            out.append(contentsOf: lengthName)
            append(count, to: &out)
            out.append(contentsOf: lineEnd)
        case .chunked: out.append(contentsOf: chunkedField)
        }
        if closes { out.append(contentsOf: closeField) }
        out.append(contentsOf: lineEnd)
    }

    /// Appends one chunk. An empty one would end the body and is left out.
    static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        var shift = (Int.bitWidth - bytes.count.leadingZeroBitCount - 1) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: bytes.count >> shift & 15)
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        out.append(contentsOf: lineEnd)
        out.append(contentsOf: bytes)
        out.append(contentsOf: lineEnd)
    }

    /// Fields that frame the message and are ours alone.
    private static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: HTTPFields.same(name, "connection")
        case 14: HTTPFields.same(name, "content-length")
        case 17: HTTPFields.same(name, "transfer-encoding")
        default: false
        }
    }

    /// A value from outside must not end its line: control characters become spaces.
    private static func appendText(_ text: String, to out: inout [UInt8]) {
        let start = out.count
        out.append(contentsOf: text.utf8)
        for position in start..<out.count where out[position] < 0x20 || out[position] == 0x7F {
            out[position] = ByteClass.space
        }
    }

    private static func append(_ number: Int, to out: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            out.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}

extension HTTPStatus {
    /// Whether an answer of this status has no body, whatever its fields say (RFC 9110 section 6.4.1).
    var hasNoContent: Bool { code == 204 || code == 304 }
}
