import Primitives

/// Reads the pieces of a structured field, left to right (RFC 9651 section 4.2). Never reads a byte twice.
struct StructuredReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte = next, isSkipped(byte) { position += 1 }
    }

    mutating func skipBlanks() {
        skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// `name`, `name=item` or `name=(list)`, each with parameters.
    mutating func member() throws(StructuredFieldError) -> StructuredDictionary.Member {
        let name = try key()
        guard take(UInt8(ascii: "=")) else {
            let item = StructuredItem(value: .boolean(true), parameters: try parameters())
            return StructuredDictionary.Member(name: name, value: .item(item))
        }
        let value: StructuredDictionary.Value =
            next == UInt8(ascii: "(") ? try list() : .item(try item())
        return StructuredDictionary.Member(name: name, value: value)
    }

    private mutating func list() throws(StructuredFieldError) -> StructuredDictionary.Value {
        _ = take(UInt8(ascii: "("))
        var items: [StructuredItem] = []
        while true {
            skip { $0 == UInt8(ascii: " ") }
            if take(UInt8(ascii: ")")) { return .list(items, try parameters()) }
            guard items.count < StructuredDictionary.maximumElements else { throw .tooLarge }
            items.append(try item())
            guard next == UInt8(ascii: " ") || next == UInt8(ascii: ")") else { throw .malformed }
        }
    }

    private mutating func item() throws(StructuredFieldError) -> StructuredItem {
        let value = try bareItem()
        return StructuredItem(value: value, parameters: try parameters())
    }

    private mutating func parameters() throws(StructuredFieldError) -> StructuredParameters {
        var parameters = StructuredParameters()
        while take(UInt8(ascii: ";")) {
            skip { $0 == UInt8(ascii: " ") }
            let name = try key()
            let value = take(UInt8(ascii: "=")) ? try bareItem() : .boolean(true)
            parameters.set(name, value)
            guard parameters.all.count <= StructuredDictionary.maximumParameters else { throw .tooLarge }
        }
        return parameters
    }

    private mutating func key() throws(StructuredFieldError) -> String {
        let start = position
        guard let first = next, StructuredReader.isLower(first) || first == UInt8(ascii: "*") else { throw .malformed }
        skip { StructuredReader.isLower($0) || StructuredReader.isDigit($0) || "_-.*".utf8.contains($0) }
        return text(from: start)
    }

    private mutating func bareItem() throws(StructuredFieldError) -> BareItem {
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: ":"): return .bytes(try byteSequence())
        case UInt8(ascii: "?"): return .boolean(try boolean())
        case UInt8(ascii: "@"): return try date()
        case UInt8(ascii: "%"): return try displayString()
        case let byte? where byte == UInt8(ascii: "-") || StructuredReader.isDigit(byte): return try number()
        case let byte? where byte == UInt8(ascii: "*") || StructuredReader.isLetter(byte): return token()
        default: throw .malformed
        }
    }

    private mutating func string() throws(StructuredFieldError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next, escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    throw .malformed
                }
                position += 1
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: throw .malformed
            }
        }
        throw .malformed
    }

    private mutating func byteSequence() throws(StructuredFieldError) -> [UInt8] {
        position += 1
        let start = position
        skip { $0 != UInt8(ascii: ":") }
        let encoded = text(from: start)
        guard take(UInt8(ascii: ":")), let bytes = Base64.decode(encoded) else { throw .malformed }
        return bytes
    }

    private mutating func boolean() throws(StructuredFieldError) -> Bool {
        position += 1
        if take(UInt8(ascii: "1")) { return true }
        guard take(UInt8(ascii: "0")) else { throw .malformed }
        return false
    }

    /// At most 15 digits, or 12 before and 3 behind a point.
    private mutating func number() throws(StructuredFieldError) -> BareItem {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let whole = digits()
        guard (1...15).contains(whole) else { throw .malformed }
        guard take(UInt8(ascii: ".")) else {
            guard let value = Int64(text(from: start)) else { throw .malformed }
            return .integer(value)
        }
        guard whole <= 12, (1...3).contains(digits()) else { throw .malformed }
        return .other(text(from: start))
    }

    private mutating func date() throws(StructuredFieldError) -> BareItem {
        let start = position
        position += 1
        guard let byte = next, byte == UInt8(ascii: "-") || StructuredReader.isDigit(byte),
            case .integer = try number()
        else { throw .malformed }
        return .other(text(from: start))
    }

    private mutating func displayString() throws(StructuredFieldError) -> BareItem {
        let start = position
        position += 1
        guard take(UInt8(ascii: "\"")) else { throw .malformed }
        var decoded: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            position += 1
            guard (0x20...0x7E).contains(byte) else { throw .malformed }
            decoded.append(byte == UInt8(ascii: "%") ? try escapedByte() : byte)
        }
        guard take(UInt8(ascii: "\"")), String(validating: decoded, as: UTF8.self) != nil else { throw .malformed }
        return .other(text(from: start))
    }

    private mutating func escapedByte() throws(StructuredFieldError) -> UInt8 {
        var value: UInt8 = 0
        for _ in 0..<2 {
            guard let digit = next, StructuredReader.isDigit(digit) || (0x61...0x66).contains(digit),
                let nibble = Hex.value(ofDigit: digit)
            else { throw .malformed }
            position += 1
            value = value << 4 | nibble
        }
        return value
    }

    private mutating func token() -> BareItem {
        let start = position
        skip { byte in
            StructuredReader.isLetter(byte) || StructuredReader.isDigit(byte)
                || "!#$%&'*+-.^_`|~:/".utf8.contains(byte)
        }
        return .token(text(from: start))
    }

    private mutating func digits() -> Int {
        let start = position
        skip { StructuredReader.isDigit($0) }
        return position - start
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
