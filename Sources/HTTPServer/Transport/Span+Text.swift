/// Text in a request's bytes.
extension Span<UInt8> {
    /// Whether `range` holds `word` (given in lower case), without regard to ASCII case.
    func equalsFolded(_ word: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for position in 0..<word.count
            where ByteClass.folded(self[range.lowerBound + position]) != word[position] { return false }
            return true
        }
    }

    /// Whether `range` holds exactly `word`.
    func equals(_ word: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for position in 0..<word.count where self[range.lowerBound + position] != word[position] { return false }
            return true
        }
    }

    /// The first position in `range` that holds `byte`.
    func position(of byte: UInt8, in range: Range<Int>) -> Int? {
        for position in range where self[position] == byte { return position }
        return nil
    }

    /// `range` without white space at either end.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, ByteClass.isBlank(self[lower]) { lower += 1 }
        while upper > lower, ByteClass.isBlank(self[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// The text of bytes that are known to be ASCII.
    func asciiText(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of `range`, or nil if it is not UTF-8.
    func validText(_ range: Range<Int>) -> String? {
        extracting(range).withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
    }
}
