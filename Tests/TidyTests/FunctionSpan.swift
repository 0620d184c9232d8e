/// Where a function of a Swift source begins and how long it is, from its signature to its closing brace.
struct FunctionSpan {
    /// The line of the word `func` or `init`, from 1.
    let first: Int
    let lines: Int

    /// Every function and initializer with a body.
    static func all(in file: SourceFile) -> [FunctionSpan] {
        let bytes = Array(file.code.utf8)
        let lineOf = lineNumbers(bytes)
        return starts(in: bytes).compactMap { start in
            end(of: start, in: bytes).map { end in
                FunctionSpan(first: lineOf[start], lines: lineOf[end] - lineOf[start] + 1)
            }
        }
    }

    private static func lineNumbers(_ bytes: [UInt8]) -> [Int] {
        var line = 1
        return bytes.map { byte in
            defer { if byte == UInt8(ascii: "\n") { line += 1 } }
            return line
        }
    }

    /// Where the words `func`, `init` and `deinit` stand as the first word of a declaration.
    private static func starts(in bytes: [UInt8]) -> [Int] {
        let words = ["func ", "init(", "init?(", "init<", "deinit "].map { Array($0.utf8) }
        return bytes.indices.filter { index in
            guard index == 0 || bytes[index - 1] == UInt8(ascii: " ") || bytes[index - 1] == UInt8(ascii: "\n") else {
                return false
            }
            return words.contains { bytes[index...].starts(with: $0) }
        }
    }

    /// The closing brace of the body; nil for a requirement of a protocol, which has none.
    private static func end(of start: Int, in bytes: [UInt8]) -> Int? {
        var round = 0
        var curly = 0
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): round += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): round -= 1
            case UInt8(ascii: "{") where round == 0: curly += 1
            case UInt8(ascii: "}") where round == 0:
                curly -= 1
                if curly < 0 { return nil }
                if curly == 0 { return index }
            case UInt8(ascii: "f")
            where curly == 0 && index > start && bytes[index...].starts(with: Array("func ".utf8)):
                return nil
            default: break
            }
        }
        return nil
    }
}
