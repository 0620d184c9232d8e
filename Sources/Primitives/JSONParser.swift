/// Why a text is not JSON, with the byte at which reading stopped.
public struct JSONError: Error, Hashable, Sendable {
    /// What was wrong.
    public enum Reason: String, Sendable {
        /// The text ended inside a value.
        case unexpectedEnd
        /// A byte that cannot stand there.
        case unexpectedByte
        /// Something follows the value.
        case trailingText
        /// Bytes that are not UTF-8 (RFC 3629).
        case invalidUTF8
        /// A bad escape, or half of a surrogate pair.
        case invalidEscape
        /// A leading zero, a bare sign, a missing digit.
        case invalidNumber
        /// A member name stands twice in one object.
        case duplicateMember
        /// A member name is longer than `JSONParser.maximumNameBytes`.
        case nameTooLong
        /// Nested deeper than `JSONParser.maximumDepth`.
        case tooDeep
    }

    /// What was wrong.
    public let reason: Reason
    /// The byte offset.
    public let offset: Int
}

extension JSON {
    /// Reads exactly one JSON value, strictly. Cost is linear in the text. The bytes are not copied as a whole.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.parseDocument()
    }

    /// Reads exactly one JSON value, strictly.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try JSON(parsing: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads exactly one JSON value, strictly.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads an object some of whose members are secret: no copy of those is made. Where a top-level member named in
    /// `withholding` is a string of visible ASCII without escapes, the value returned holds an empty string for it,
    /// and `withheld` tells where its characters stand in `bytes`. A secret written any other way is refused.
    ///
    /// Where a top-level member named in `maps` is an object, each of its members that is a string is left in place as
    /// well, as `member.name`. Such a string may have escapes: `JSONEscapes` reads it.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, withholding names: Set<String>, maps: Set<String> = []
    ) throws(JSONError) -> (value: JSON, withheld: [String: Range<Int>]) {
        var parser = JSONParser(bytes, withholding: names, maps: maps)
        let value = try parser.parseDocument()
        return (value, parser.withheld)
    }
}

/// A recursive-descent reader of RFC 8259 text, with the stricter choices that section 4 leaves open: duplicate names
/// are refused (they are how one reader is shown another value than the next).
public struct JSONParser {
    /// Deep enough for any request of ours and any provider event, and no danger to a thread's stack.
    public static let maximumDepth = 64
    /// Longer than any name in use by far.
    public static let maximumNameBytes = 256

    private let bytes: UnsafeRawBufferPointer
    private let secretNames: Set<String>
    private let secretMaps: Set<String>
    fileprivate private(set) var withheld: [String: Range<Int>] = [:]
    private var index = 0

    /// A reader over `bytes`, which must outlive it.
    fileprivate init(
        _ bytes: UnsafeRawBufferPointer, withholding names: Set<String> = [], maps: Set<String> = []
    ) {
        self.bytes = bytes
        secretNames = names
        secretMaps = maps
    }

    /// Reads one value and demands that nothing but white space follows.
    fileprivate mutating func parseDocument() throws(JSONError) -> JSON {
        let value = try parseValue(depth: 0)
        skipWhiteSpace()
        guard index == bytes.count else { throw failure(.trailingText) }
        return value
    }

    private func failure(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason: reason, offset: index)
    }

    private mutating func skipWhiteSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSON {
        guard depth <= JSONParser.maximumDepth else { throw failure(.tooDeep) }
        skipWhiteSpace()
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        default: throw failure(.unexpectedByte)
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index < bytes.count else { throw failure(.unexpectedEnd) }
            guard bytes[index] == word.utf8Start[offset] else { throw failure(.unexpectedByte) }
            index += 1
        }
        return value
    }

    /// - map: The name of the top-level member that this object is, if its strings are to be left in place.
    private mutating func parseObject(depth: Int, map: String? = nil) throws(JSONError) -> JSON {
        index += 1
        var members: [JSON.Member] = []
        var names: Set<ByteName> = []
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipWhiteSpace()
            guard index < bytes.count else { throw failure(.unexpectedEnd) }
            guard bytes[index] == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
            let name = try parseString()
            guard name.utf8.count <= JSONParser.maximumNameBytes else { throw failure(.nameTooLong) }
            guard names.insert(ByteName(text: name)).inserted else { throw failure(.duplicateMember) }
            skipWhiteSpace()
            try expect(UInt8(ascii: ":"))
            if depth == 0, secretNames.contains(name), let place = try withholdString() {
                withheld[name] = place
                members.append(JSON.Member(name, .string("")))
            } else if let map, let place = try withholdText() {
                withheld["\(map).\(name)"] = place
                members.append(JSON.Member(name, .string("")))
            } else if depth == 0, secretMaps.contains(name), startsObject() {
                members.append(JSON.Member(name, try parseObject(depth: 1, map: name)))
            } else {
                members.append(JSON.Member(name, try parseValue(depth: depth + 1)))
            }
            skipWhiteSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSON {
        index += 1
        var values: [JSON] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try parseValue(depth: depth + 1))
            skipWhiteSpace()
            if take(UInt8(ascii: "]")) { return .array(values) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        guard take(byte) else { throw failure(.unexpectedByte) }
    }

    private mutating func parseNumber() throws(JSONError) -> JSON {
        let start = index
        var whole = true
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try parseDigits() }
        if take(UInt8(ascii: ".")) {
            whole = false
            try parseDigits()
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            whole = false
            index += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try parseDigits()
        }
        if index < bytes.count, (0x30...0x39).contains(bytes[index]) { throw failure(.invalidNumber) }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if whole, text != "-0", let value = Int64(text) { return .integer(value) }
        return .number(text)
    }

    private mutating func parseDigits() throws(JSONError) {
        guard index < bytes.count, (0x30...0x39).contains(bytes[index]) else { throw failure(.invalidNumber) }
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
    }

    /// Steps over a string of visible ASCII and tells where its characters stand; nil if no string begins here.
    private mutating func withholdString() throws(JSONError) -> Range<Int>? {
        skipWhiteSpace()
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard (0x21...0x7E).contains(bytes[index]) else { throw failure(.unexpectedByte) }
            guard bytes[index] != UInt8(ascii: "\\") else { throw failure(.invalidEscape) }
            index += 1
        }
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        defer { index += 1 }
        return start..<index
    }

    /// Steps over a string with its escapes and tells where it stands; nil if no string begins here.
    private mutating func withholdText() throws(JSONError) -> Range<Int>? {
        skipWhiteSpace()
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        guard JSONEscapes.count(of: UnsafeRawBufferPointer(rebasing: bytes[start..<index])) != nil else {
            throw failure(.invalidEscape)
        }
        defer { index += 1 }
        return start..<index
    }

    private mutating func startsObject() -> Bool {
        skipWhiteSpace()
        return index < bytes.count && bytes[index] == UInt8(ascii: "{")
    }

    private mutating func parseString() throws(JSONError) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
            guard bytes[index] >= 0x20 else { throw failure(.unexpectedByte) }
            index += 1
        }
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        if bytes[index] == UInt8(ascii: "\"") {
            let text = try text(of: UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
            index += 1
            return text
        }
        var unescaped = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw failure(.unexpectedEnd) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let text = try text(of: unescaped)
                index += 1
                return text
            case UInt8(ascii: "\\"): try parseEscape(into: &unescaped)
            case 0..<0x20: throw failure(.unexpectedByte)
            default:
                unescaped.append(bytes[index])
                index += 1
            }
        }
    }

    private func text(of bytes: some Sequence<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure(.invalidUTF8) }
        return text
    }

    private mutating func parseEscape(into out: inout [UInt8]) throws(JSONError) {
        index += 1
        guard index < bytes.count else { throw failure(.unexpectedEnd) }
        let escape = bytes[index]
        index += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var code = try parseCodeUnit()
            if (0xD800...0xDBFF).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure(.invalidEscape) }
                let low = try parseCodeUnit()
                guard (0xDC00...0xDFFF).contains(low) else { throw failure(.invalidEscape) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure(.invalidEscape) }
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            index -= 1
            throw failure(.invalidEscape)
        }
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure(.unexpectedEnd) }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(ofDigit: bytes[index]) else { throw failure(.invalidEscape) }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }
}
