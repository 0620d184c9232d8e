/// What a Host value may be: a name, an IPv4 address or a bracketed IPv6 address, then perhaps a port.
enum HostRule {
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        var end = first
        if bytes[first] == UInt8(ascii: "[") {
            guard let close = bytes.position(of: UInt8(ascii: "]"), in: range), close > first + 1 else { return false }
            for position in first + 1..<close where !isAddressByte(bytes[position]) { return false }
            end = close + 1
        } else {
            while end < range.upperBound, ByteClass.isHostName(bytes[end]) { end += 1 }
            guard end > first else { return false }
        }
        if end == range.upperBound { return true }
        guard bytes[end] == ByteClass.colon else { return false }
        return isPort(bytes, end + 1..<range.upperBound)
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        ByteClass.isHexDigit(byte) || byte == ByteClass.colon || byte == UInt8(ascii: ".")
    }

    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard (1...5).contains(range.count) else { return false }
        var port = 0
        for position in range {
            guard ByteClass.isDigit(bytes[position]) else { return false }
            port = port * 10 + Int(bytes[position] & 15)
        }
        return port <= 65_535
    }
}
