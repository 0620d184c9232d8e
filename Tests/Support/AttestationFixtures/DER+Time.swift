package import Primitives

extension DER {
    /// A moment to the second, as RFC 5280 section 4.1.2.5 wants it: two digits of the year until 2049, then four.
    package static func time(_ moment: Timestamp) -> [UInt8] {
        let digits = Array(moment.iso8601.utf8.filter { (0x30...0x39).contains($0) }.prefix(14))
        return digits.lexicographicallyPrecedes(Array("2050".utf8))
            ? value(0x17, digits[2...] + [0x5A]) : value(0x18, digits + [0x5A])
    }
}
