/// Writes distinguished encoding (X.690) by hand, so that a certificate can be wrong in every way one wants.
package enum DER {
    /// A value with its tag and length.
    package static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    /// SEQUENCE.
    package static func sequence(_ parts: [[UInt8]]) -> [UInt8] { value(0x30, parts.flatMap { $0 }) }

    /// SET with one element.
    package static func set(_ part: [UInt8]) -> [UInt8] { value(0x31, part) }

    /// [number] EXPLICIT.
    package static func tagged(_ number: UInt8, _ part: [UInt8]) -> [UInt8] { value(0xA0 | number, part) }

    /// A number that is not negative.
    package static func integer(_ number: UInt64) -> [UInt8] {
        var bytes = withUnsafeBytes(of: number.bigEndian) { Array($0.drop { $0 == 0 }) }
        if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
        return value(0x02, bytes)
    }

    /// BIT STRING without unused bits.
    package static func bits(_ bytes: [UInt8]) -> [UInt8] { value(0x03, [0] + bytes) }

    /// OCTET STRING.
    package static func octets(_ bytes: [UInt8]) -> [UInt8] { value(0x04, bytes) }

    /// BOOLEAN true.
    package static let yes: [UInt8] = [0x01, 0x01, 0xFF]
    /// NULL.
    package static let null: [UInt8] = [0x05, 0x00]

    /// OBJECT IDENTIFIER by its numbers.
    package static func object(_ numbers: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [numbers[0] * 40 + numbers[1]] + numbers[2...] {
            var digits = [UInt8(number & 0x7F)]
            var rest = number >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            bytes += digits
        }
        return value(0x06, bytes)
    }

    /// UTF8String.
    package static func utf8(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }
    /// PrintableString.
    package static func printable(_ text: String) -> [UInt8] { value(0x13, Array(text.utf8)) }
    /// IA5String.
    package static func ia5(_ text: String) -> [UInt8] { value(0x16, Array(text.utf8)) }
}
