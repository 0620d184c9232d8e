/// An object identifier (X.660), `1.3.6.1.4.1.3704.1.4`.
public struct OID: Hashable, Sendable, CustomStringConvertible {
    /// The content of its DER form.
    public let content: [UInt8]

    /// By the content of the DER form; nil unless every arc is whole, in its shortest form and below 2^28.
    public init?(content: [UInt8]) {
        guard let last = content.last, last < 0x80 else { return nil }
        var arcBytes = 0
        for byte in content {
            if arcBytes == 0, byte == 0x80 { return nil }
            arcBytes = byte < 0x80 ? 0 : arcBytes + 1
            if arcBytes > 3 { return nil }
        }
        self.content = content
    }

    /// By its arcs. The first is 0 to 2, the second below 40, each below 2^28: for constants.
    public init(_ first: Int, _ second: Int, _ others: Int...) {
        var content: [UInt8] = [UInt8(truncatingIfNeeded: first * 40 + second)]
        for arc in others {
            var digits = [UInt8(truncatingIfNeeded: arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                digits.insert(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            content += digits
        }
        self.content = content
    }

    /// The arcs with dots between them.
    public var description: String {
        var arcs: [Int] = []
        var value = 0
        for byte in content {
            value = value << 7 | Int(byte & 0x7F)
            if byte & 0x80 != 0 { continue }
            if arcs.isEmpty {
                let first = min(value / 40, 2)
                arcs = [first, value - first * 40]
            } else {
                arcs.append(value)
            }
            value = 0
        }
        return arcs.map(String.init).joined(separator: ".")
    }
}
