/// Blanks out what is not code in a Swift source, so that a rule about code never trips over a comment or a string.
///
/// Newlines stay, so every line keeps its number; all other masked bytes become spaces. Interpolations count as part
/// of their string.
struct SwiftMask {
    private let source: [UInt8]
    private let keepsStrings: Bool
    private var masked: [UInt8]
    private var position = 0
    private var isInString = false

    /// The source with comments and the contents of string literals blanked out.
    static func codeOnly(_ text: String) -> String {
        var mask = SwiftMask(Array(text.utf8), keepsStrings: false)
        mask.run()
        return String(decoding: mask.masked, as: UTF8.self)
    }

    /// The source with comments blanked out.
    static func withoutComments(_ text: String) -> String {
        var mask = SwiftMask(Array(text.utf8), keepsStrings: true)
        mask.run()
        return String(decoding: mask.masked, as: UTF8.self)
    }

    private init(_ source: [UInt8], keepsStrings: Bool) {
        self.source = source
        self.keepsStrings = keepsStrings
        self.masked = source
    }

    private mutating func run() {
        while position < source.count {
            if sees("//") {
                skipLine()
            } else if sees("/*") {
                skipComment()
            } else if let hashes = openingHashes() {
                position += hashes
                isInString = true
                skipString(hashes: hashes)
                isInString = false
            } else {
                position += 1
            }
        }
    }

    private func sees(_ text: StaticString, at start: Int? = nil) -> Bool {
        let start = start ?? position
        guard start + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { wanted in
            wanted.indices.allSatisfy { source[start + $0] == wanted[$0] }
        }
    }

    /// Blanks `count` bytes and steps over them.
    private mutating func blank(_ count: Int) {
        let end = min(position + count, source.count)
        if !(isInString && keepsStrings) {
            for index in position..<end where source[index] != UInt8(ascii: "\n") {
                masked[index] = UInt8(ascii: " ")
            }
        }
        position = end
    }

    private mutating func skipLine() {
        while position < source.count, source[position] != UInt8(ascii: "\n") { blank(1) }
    }

    /// A block comment; Swift's nest.
    private mutating func skipComment() {
        var depth = 0
        while position < source.count {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
                if depth == 0 { return }
            } else {
                blank(1)
            }
        }
    }

    /// How many number signs open a string here; nil where none opens.
    private func openingHashes() -> Int? {
        var index = position
        while index < source.count, source[index] == UInt8(ascii: "#") { index += 1 }
        return index < source.count && source[index] == UInt8(ascii: "\"") ? index - position : nil
    }

    private func hashes(_ count: Int, at start: Int) -> Bool {
        start + count <= source.count && source[start..<start + count].allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private mutating func skipString(hashes count: Int) {
        let isLong = sees("\"\"\"")
        let quotes = isLong ? 3 : 1
        position += quotes
        while position < source.count {
            if sees("\\"), hashes(count, at: position + 1) {
                let after = position + 1 + count
                if after < source.count, source[after] == UInt8(ascii: "(") {
                    blank(1 + count)
                    skipInterpolation()
                } else {
                    blank(2 + count)
                }
            } else if isLong ? sees("\"\"\"") : sees("\""), hashes(count, at: position + quotes) {
                position += quotes + count
                return
            } else if !isLong, source[position] == UInt8(ascii: "\n") {
                return
            } else {
                blank(1)
            }
        }
    }

    private mutating func skipInterpolation() {
        var depth = 0
        while position < source.count {
            if let hashes = openingHashes() {
                position += hashes
                skipString(hashes: hashes)
                continue
            }
            let byte = source[position]
            blank(1)
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") {
                depth -= 1
                if depth == 0 { return }
            }
        }
    }
}
