/// Little-endian numbers.
enum Little {
    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// The number at an offset; zero behind the end.
    static func number<Number: FixedWidthInteger>(_ type: Number.Type, in bytes: [UInt8], at offset: Int) -> Number {
        let size = MemoryLayout<Number>.size
        guard offset + size <= bytes.count else { return 0 }
        return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
