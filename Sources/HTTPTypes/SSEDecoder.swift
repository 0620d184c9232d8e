/// Reads a `text/event-stream` piece by piece (WHATWG HTML section 9.2.6). A pure value: bytes in, events out.
///
/// Lines may end in CR, LF or CRLF; one leading BOM is dropped; comments and unknown fields are passed over; an event
/// without data is not reported; an event that the stream's end cuts off is never reported.
public struct SSEDecoder: Sendable {
    /// Why a stream cannot be read further.
    public enum Failure: Error, Hashable, Sendable {
        /// A line or an event's data grew past the limit.
        case tooLarge
        /// Bytes that are not UTF-8.
        case invalidUTF8
    }

    /// The default for one event's bytes: the largest provider event seen is a tool call's whole input, well below it.
    public static let defaultMaximumEventBytes = 1 << 20

    private let maximumEventBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var event: String?
    private var lastID: String?
    private var afterReturn = false
    private var atStart = true

    /// A decoder that refuses events above `maximumEventBytes`.
    public init(maximumEventBytes: Int = SSEDecoder.defaultMaximumEventBytes) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Takes the next piece and returns the events that it completes.
    public mutating func feed(_ bytes: some Sequence<UInt8>) throws(Failure) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if byte == 10, afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = byte == 13
            if byte == 10 || byte == 13 {
                if let complete = try endLine() { events.append(complete) }
                line.removeAll(keepingCapacity: true)
            } else {
                guard line.count + data.count < maximumEventBytes else { throw .tooLarge }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() throws(Failure) -> ServerSentEvent? {
        if atStart {
            atStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return try endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        guard colon != 0 else { return nil }
        var value = line[(colon.map { $0 + 1 } ?? line.count)...]
        if value.first == 0x20 { value = value.dropFirst() }
        let name = line[..<(colon ?? line.count)]
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(10) }
            hasData = true
            data.append(contentsOf: value)
        } else if name.elementsEqual("event".utf8) {
            event = try SSEDecoder.text(value)
        } else if name.elementsEqual("id".utf8), !value.contains(0) {
            lastID = try SSEDecoder.text(value)
        }
        return nil
    }

    private mutating func endEvent() throws(Failure) -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            event = nil
        }
        guard hasData else { return nil }
        return ServerSentEvent(event: event, data: try SSEDecoder.text(data[...]), id: lastID)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }
}
