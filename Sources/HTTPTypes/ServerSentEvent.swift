/// One event of a `text/event-stream` (WHATWG HTML section 9.2).
public struct ServerSentEvent: Hashable, Sendable {
    /// The `event:` name; nil means `message`.
    public var event: String?
    /// The data; line breaks in it become several `data:` lines.
    public var data: String
    /// The `id:`, which a client sends back as `Last-Event-ID`.
    public var id: String?

    /// An event.
    public init(event: String? = nil, data: String, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }

    /// The event as it goes on the wire. Line feeds only: several clients split on two LF and know no CRLF.
    /// Carriage returns in `data` count as line breaks, as every reader treats them; control of `event` and `id` is the
    /// caller's: line breaks in them are dropped.
    public var wireBytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(data.utf8.count + 16)
        if let event { ServerSentEvent.append("event: ", event.utf8.filter { $0 != 10 && $0 != 13 }, to: &out) }
        if let id { ServerSentEvent.append("id: ", id.utf8.filter { $0 != 10 && $0 != 13 && $0 != 0 }, to: &out) }
        var line: [UInt8] = []
        var afterReturn = false
        for byte in data.utf8 {
            defer { afterReturn = byte == 13 }
            if byte == 10, afterReturn { continue }
            if byte == 10 || byte == 13 {
                ServerSentEvent.append("data: ", line, to: &out)
                line.removeAll(keepingCapacity: true)
            } else {
                line.append(byte)
            }
        }
        ServerSentEvent.append("data: ", line, to: &out)
        out.append(10)
        return out
    }

    /// A comment line, ignored by every client but enough to keep idle timers quiet.
    public static let keepAliveBytes: [UInt8] = Array(": keep-alive\n\n".utf8)

    private static func append(_ label: StaticString, _ value: some Sequence<UInt8>, to out: inout [UInt8]) {
        label.withUTF8Buffer { out.append(contentsOf: $0) }
        out.append(contentsOf: value)
        out.append(10)
    }
}
