/// The few shapes of the contract ABI that are needed: static words first, `bytes` by offset after them.
enum ABI {
    /// A number as a word.
    static func word(_ number: Int) -> [UInt8] {
        precondition(number >= 0, "lengths and offsets are not negative")
        return Word.padded(withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) })
    }

    /// `bytes` behind its offset: the length, then the bytes, filled up with zeros to whole words.
    static func tail(_ bytes: [UInt8]) -> [UInt8] {
        let rest = bytes.count % Word.byteCount
        return word(bytes.count) + bytes + [UInt8](repeating: 0, count: rest == 0 ? 0 : Word.byteCount - rest)
    }

    /// The address in word `index`; nil if the word is not there or no address.
    static func address(in data: [UInt8], at index: Int) -> Address? {
        guard let word = wordBytes(of: data, at: index * Word.byteCount), word.prefix(12).allSatisfy({ $0 == 0 })
        else { return nil }
        return Address(bytes: Array(word.suffix(Address.byteCount)))
    }

    /// The `bytes` whose offset stands in word `index`; nil unless offset, length and bytes lie inside `data`.
    static func bytes(in data: [UInt8], at index: Int) -> [UInt8]? {
        guard let offset = number(in: data, at: index * Word.byteCount), let length = number(in: data, at: offset)
        else { return nil }
        let start = offset + Word.byteCount
        guard length <= data.count - start else { return nil }
        return Array(data[start..<start + length])
    }

    /// The number that begins at `position`; nil if it is not there or greater than `data` is long. So sums of two such
    /// numbers never overflow.
    private static func number(in data: [UInt8], at position: Int) -> Int? {
        guard let word = wordBytes(of: data, at: position), word.prefix(24).allSatisfy({ $0 == 0 }) else { return nil }
        let value = word.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value <= UInt64(data.count) ? Int(value) : nil
    }

    private static func wordBytes(of data: [UInt8], at position: Int) -> ArraySlice<UInt8>? {
        guard position <= data.count - Word.byteCount else { return nil }
        return data[position..<position + Word.byteCount]
    }
}
