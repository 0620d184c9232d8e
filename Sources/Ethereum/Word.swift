import Primitives

/// Numbers as the EVM holds them: 32 bytes, big-endian, negative ones in two's complement.
enum Word {
    static let byteCount = 32

    /// `bytes` with zeros before them.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count <= byteCount, "a word has 32 bytes")
        return [UInt8](repeating: 0, count: byteCount - bytes.count) + bytes
    }

    /// A number of `uint<bits>`; nil for a text that is no such number.
    static func unsigned(_ text: String, bits: Int) -> [UInt8]? {
        guard let word = magnitude(Array(text.utf8)), isBelow(word, powerOfTwo: bits) else { return nil }
        return word
    }

    /// A number of `int<bits>`; nil for a text that is no such number.
    static func signed(_ text: String, bits: Int) -> [UInt8]? {
        var digits = Array(text.utf8)
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard let word = magnitude(digits) else { return nil }
        guard isNegative else { return isBelow(word, powerOfTwo: bits - 1) ? word : nil }
        // -m is the complement of m - 1; m may be as great as 2^(bits - 1), and "-0" is not a way to write 0.
        guard let less = decremented(word), isBelow(less, powerOfTwo: bits - 1) else { return nil }
        return less.map { ~$0 }
    }

    /// Decimal digits without leading zeros, or `0x` and 1 to 64 hex digits; nil above 2^256 - 1.
    private static func magnitude(_ digits: [UInt8]) -> [UInt8]? {
        if digits.starts(with: "0x".utf8) {
            var hex = String(decoding: digits.dropFirst(2), as: UTF8.self)
            guard (1...64).contains(hex.utf8.count), !hex.hasPrefix("0x") else { return nil }
            if hex.utf8.count % 2 == 1 { hex = "0" + hex }
            return Hex.decode(hex).map { padded($0) }
        }
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var word = [UInt8](repeating: 0, count: byteCount)
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            var carry = UInt16(digit - 0x30)
            for index in word.indices.reversed() {
                carry += UInt16(word[index]) * 10
                word[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            guard carry == 0 else { return nil }
        }
        return word
    }

    /// Whether the number is below 2^power, power 0...256.
    private static func isBelow(_ word: [UInt8], powerOfTwo power: Int) -> Bool {
        let (whole, rest) = power.quotientAndRemainder(dividingBy: 8)
        guard whole < byteCount else { return true }
        let edge = byteCount - 1 - whole
        return word[..<edge].allSatisfy { $0 == 0 } && word[edge] >> UInt8(rest) == 0
    }

    /// One less; nil for zero.
    private static func decremented(_ word: [UInt8]) -> [UInt8]? {
        guard let last = word.lastIndex(where: { $0 != 0 }) else { return nil }
        var less = word
        less[last] -= 1
        for index in less.indices where index > last { less[index] = 0xFF }
        return less
    }
}
