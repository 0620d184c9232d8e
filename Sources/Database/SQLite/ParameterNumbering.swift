/// Turns `$1` into `?1`. SQLite takes `$1` for a name and numbers names by first appearance, so `select $2, $1` would
/// bind the wrong way round; `?1` means what PostgreSQL means by `$1`.
///
/// Strings, quoted identifiers and comments pass through untouched. Other ways to write a parameter are refused,
/// because they would mean something else (or nothing) on the other engine.
struct ParameterNumbering {
    /// Why a text was refused.
    enum Failure: Error, Hashable {
        /// `?`, `:name`, `@name`, `$name`, `$0` or `$01`.
        case notNumbered
        /// A number above `maximum`.
        case tooMany
    }

    /// The highest number: SQLite's own limit is 32766; more than this in one statement is a mistake.
    static let maximum = 999

    /// The text with `?n`.
    private(set) var text: [UInt8] = []
    /// The highest number used; 0 without parameters.
    private(set) var highest = 0
    /// Which numbers are used.
    private(set) var used: Set<Int> = []
    /// The first keyword in lower case, by which statements that control transactions are told apart.
    private(set) var keyword = ""

    private let source: [UInt8]
    private var position = 0

    /// Reads the whole of `sql`.
    init(_ sql: String) throws(Failure) {
        source = Array(sql.utf8)
        text.reserveCapacity(source.count)
        while position < source.count {
            try step()
        }
    }

    private func byte(at offset: Int) -> UInt8? {
        position + offset < source.count ? source[position + offset] : nil
    }

    private mutating func copy(_ count: Int) {
        let end = min(position + count, source.count)
        text.append(contentsOf: source[position..<end])
        position = end
    }

    private mutating func step() throws(Failure) {
        let first = source[position]
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): copyQuoted(until: first)
        case UInt8(ascii: "["): copyQuoted(until: UInt8(ascii: "]"))
        case UInt8(ascii: "-") where byte(at: 1) == UInt8(ascii: "-"): copyLineComment()
        case UInt8(ascii: "/") where byte(at: 1) == UInt8(ascii: "*"): copyBlockComment()
        case UInt8(ascii: "$"): try number()
        case UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "#"): throw .notNumbered
        case _ where Self.isWord(first): copyWord()
        default: copy(1)
        }
    }

    /// Letters, digits, `_` and everything beyond ASCII, as SQLite's tokenizer has it. `$` belongs to a word that it
    /// does not begin.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func copyWord() {
        var count = 1
        while let next = byte(at: count), Self.isWord(next) || next == UInt8(ascii: "$") { count += 1 }
        if keyword.isEmpty {
            keyword = String(decoding: source[position..<position + count], as: UTF8.self).lowercased()
        }
        copy(count)
    }

    /// A doubled quote stands for itself: the second half then opens what the first seemed to close.
    private mutating func copyQuoted(until quote: UInt8) {
        var count = 1
        while let next = byte(at: count), next != quote { count += 1 }
        copy(count + 1)
    }

    private mutating func copyLineComment() {
        var count = 2
        while let next = byte(at: count), next != UInt8(ascii: "\n") { count += 1 }
        copy(count)
    }

    private mutating func copyBlockComment() {
        var count = 2
        while let next = byte(at: count), !(next == UInt8(ascii: "*") && byte(at: count + 1) == UInt8(ascii: "/")) {
            count += 1
        }
        copy(count + 2)
    }

    private mutating func number() throws(Failure) {
        var count = 1
        var value = 0
        while let digit = byte(at: count), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
            count += 1
            guard value > 0 else { throw .notNumbered }
            guard value <= Self.maximum else { throw .tooMany }
        }
        if count == 1 { throw .notNumbered }
        if let next = byte(at: count), Self.isWord(next) || next == UInt8(ascii: "$") { throw .notNumbered }
        text.append(UInt8(ascii: "?"))
        position += 1
        copy(count - 1)
        highest = max(highest, value)
        used.insert(value)
    }
}
