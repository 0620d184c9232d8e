public import HTTPTypes

/// Why the transport answers a request itself and closes the connection.
///
/// Everything that two HTTP agents could read in two ways is refused: a request that is framed differently by a proxy
/// and by this server is how one client's bytes become another's request.
public enum ProtocolRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// The request line is not `method SP target SP version` with a token as method.
    case malformedRequestLine
    /// The target holds a fragment, a byte outside visible ASCII, or a form that its method does not allow.
    case invalidTarget
    /// A line feed without a carriage return before it.
    case bareLineFeed
    /// A carriage return without a line feed after it.
    case bareCarriageReturn
    /// NUL or another control character.
    case controlCharacter
    /// A field line without a colon, or whose name is empty, no token, or followed by white space.
    case malformedField
    /// A field line that continues the one before it (obs-fold, RFC 9112 section 5.2).
    case foldedField
    /// A field value that is not UTF-8.
    case invalidFieldValue
    /// HTTP/1.1 without a Host field.
    case missingHost
    /// More than one Host field.
    case repeatedHost
    /// A Host value that is no name, address and port.
    case invalidHost
    /// An absolute-form target that names another host than the Host field.
    case hostMismatch
    /// A Content-Length that is not one plain decimal number.
    case invalidContentLength
    /// More than one Content-Length field, even of equal value.
    case repeatedContentLength
    /// Content-Length beside Transfer-Encoding.
    case lengthWithTransferEncoding
    /// A Transfer-Encoding other than the single coding `chunked`.
    case unsupportedTransferEncoding
    /// Transfer-Encoding in HTTP/1.0, which does not know it.
    case transferEncodingInHTTP10
    /// A chunk whose size, extension or end is malformed, or whose size has too many digits.
    case invalidChunk
    /// Chunk extensions beyond `ParserLimits.chunkLineBytes` or `.chunkExtensionBytes`.
    case oversizedChunkExtension
    /// A malformed trailer field.
    case invalidTrailer
    /// Trailers beyond `ParserLimits.trailerBytes`.
    case oversizedTrailer
    /// The request line and fields did not arrive in time.
    case headTimeout
    /// The body came to a stand-still.
    case bodyTimeout
    /// The body is longer than admitted.
    case bodyTooLarge
    /// An Expect field other than `100-continue`.
    case unknownExpectation
    /// Request line and fields are longer than `ParserLimits.headBytes`.
    case headTooLarge
    /// More fields than `ParserLimits.fieldCount`.
    case tooManyFields
    /// TRACE and CONNECT are not served.
    case methodNotImplemented
    /// The server holds as many bytes for others as it may; the same request may pass a little later.
    case memoryShort
    /// A version other than HTTP/1.1 and HTTP/1.0.
    case versionNotSupported

    /// The status of the answer.
    public var status: HTTPStatus {
        switch self {
        case .headTimeout, .bodyTimeout: 408
        case .bodyTooLarge: 413
        case .unknownExpectation: 417
        case .headTooLarge, .tooManyFields: 431
        case .methodNotImplemented: 501
        case .memoryShort: 503
        case .versionNotSupported: 505
        default: 400
        }
    }
}
