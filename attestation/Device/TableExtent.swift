/// How much of a buffer the host's certificate table uses. Looks at lengths only; what the table says is for its
/// parser.
enum TableExtent {
    private static let entryBytes = 24

    /// The table without the unused rest of its buffer; empty when the host wrote nothing. A table that points outside
    /// its buffer or has no end stays whole, so that its parser can say what is wrong with it.
    static func used(of buffer: [UInt8]) -> [UInt8] {
        var end = 0
        for start in stride(from: 0, through: buffer.count - entryBytes, by: entryBytes) {
            let entry = buffer[start..<start + entryBytes]
            if entry.allSatisfy({ $0 == 0 }) {
                return start == 0 ? [] : Array(buffer[..<max(end, start + entryBytes)])
            }
            let offset = number(in: buffer, at: start + 16)
            let length = number(in: buffer, at: start + 20)
            guard offset + length <= buffer.count else { return buffer }
            end = max(end, offset + length)
        }
        return buffer
    }

    private static func number(in buffer: [UInt8], at offset: Int) -> Int {
        buffer[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
