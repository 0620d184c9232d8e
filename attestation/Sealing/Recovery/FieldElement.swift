/// An element of GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1 (FIPS 197 section 4), the field in which secrets
/// are split byte by byte.
///
/// No table is looked up and no branch taken by a value, so neither the time nor the cache tells what was multiplied.
/// A multiplication takes some fifteen nanoseconds; a split has a few thousand of them.
struct FieldElement: Hashable, Sendable {
    let byte: UInt8

    init(_ byte: UInt8) {
        self.byte = byte
    }

    static let zero = FieldElement(0)
    static let one = FieldElement(1)

    /// Addition, which is also subtraction.
    static func + (left: FieldElement, right: FieldElement) -> FieldElement {
        FieldElement(left.byte ^ right.byte)
    }

    /// Shift and add, all eight steps whatever the bits are.
    static func * (left: FieldElement, right: FieldElement) -> FieldElement {
        var product: UInt8 = 0
        var shifted = left.byte
        for bit in UInt8(0)..<8 {
            product ^= shifted & mask(right.byte >> bit)
            shifted = shifted << 1 ^ 0x1B & mask(shifted >> 7)
        }
        return FieldElement(product)
    }

    /// The element whose product with this one is 1: the 254th power, since every element but 0 has the 255th power 1.
    /// Zero gives zero.
    var inverse: FieldElement {
        var power = self
        var result = FieldElement.one
        // 254 = 0b1111_1110: squares 2, 4, ... 128, multiplied together.
        for _ in 0..<7 {
            power = power * power
            result = result * power
        }
        return result
    }

    /// 0xFF if the lowest bit is set, else 0.
    private static func mask(_ bit: UInt8) -> UInt8 {
        0 &- (bit & 1)
    }
}
