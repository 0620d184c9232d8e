import Primitives

/// Percent-encoding of URI parts (RFC 3986 section 2.1).
public enum PercentEncoding {
    /// Decodes one path segment. Nil for a broken escape, bytes that are not UTF-8, or a decoded control character:
    /// none of them stands in an id of ours, and a NUL or line break could cut a log line or a file name short.
    public static func decode(segment: some StringProtocol) -> String? {
        decode(Array(segment.utf8), plusIsSpace: false)
    }

    /// Decodes a query's name or value, where `+` stands for a space. Nil as for a path segment.
    public static func decode(query: some StringProtocol) -> String? {
        decode(Array(query.utf8), plusIsSpace: true)
    }

    /// The pairs of a query in order, decoded; nil if any part of it is broken. A name without `=` has an empty value.
    public static func pairs(ofQuery query: String) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(query: halves[0]) else { return nil }
            guard halves.count > 1 else {
                pairs.append((name, ""))
                continue
            }
            guard let value = decode(query: halves[1]) else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    /// Encodes everything but the unreserved characters of section 2.3.
    public static func encode(_ text: String) -> String {
        let digits: [UInt8] = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func decode(_ bytes: [UInt8], plusIsSpace: Bool) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, let high = Hex.value(ofDigit: bytes[index + 1]),
                    let low = Hex.value(ofDigit: bytes[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = 0x20
            }
            guard byte >= 0x20, byte != 0x7F else { return nil }
            out.append(byte)
            index += 1
        }
        return String(validating: out, as: UTF8.self)
    }
}
