/// How much of a request's framing the parser takes before it refuses.
public struct ParserLimits: Sendable {
    /// Request line, fields and the empty line together. Twice what common servers allow a single line; the largest
    /// legitimate head here carries a token of about 1 KiB and a browser's cookies.
    public var headBytes = 16 * 1024
    /// Field lines. Browsers send about 20; a table of thousands of one-byte fields only costs memory.
    public var fieldCount = 100
    /// A chunk's size and extensions in one line. No known client sends extensions; real ones are a few bytes.
    public var chunkLineBytes = 256
    /// Chunk extensions of one body in all: tiny chunks with long extensions are traffic without content.
    public var chunkExtensionBytes = 4 * 1024
    /// Trailer fields in all. They are checked and dropped, so they need no more.
    public var trailerBytes = 4 * 1024

    /// The defaults.
    public init() {}

    /// Digits of a chunk's size: 8 hexadecimal digits reach 4 GiB, above every admitted body, and cannot overflow.
    static let chunkSizeDigits = 8
    /// Digits of a Content-Length that are computed at all; 18 decimal digits cannot overflow Int64.
    static let contentLengthDigits = 18
}
