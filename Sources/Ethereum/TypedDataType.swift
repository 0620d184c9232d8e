import Primitives

/// The type of a member in EIP-712: an atomic type, a dynamic one, an array, or a declared struct.
indirect enum TypedDataType {
    case unsigned(bits: Int)
    case signed(bits: Int)
    case fixedBytes(Int)
    case bool
    case address
    case bytes
    case string
    case array(TypedDataType, count: Int?)
    case structure(String)

    /// Reads `uint256`, `Person[]`, `bytes32[2][]`. The standard has no `uint` and `int` without a width. Whatever is
    /// spelled as an identifier and is no type of the standard is the name of a struct. Nil for other texts.
    init?(_ text: Substring) {
        if text.last == "]" {
            guard let open = text.lastIndex(of: "["), let element = TypedDataType(text[..<open]) else { return nil }
            let size = text[text.index(after: open)...].dropLast()
            if size.isEmpty {
                self = .array(element, count: nil)
            } else {
                guard let count = TypedDataType.number(size) else { return nil }
                self = .array(element, count: count)
            }
        } else if let atomic = TypedDataType(atomic: text) {
            self = atomic
        } else {
            guard TypedDataType.isIdentifier(text) else { return nil }
            self = .structure(String(text))
        }
    }

    /// One of the standard's types, arrays aside.
    init?(atomic text: Substring) {
        switch text {
        case "bool": self = .bool
        case "address": self = .address
        case "bytes": self = .bytes
        case "string": self = .string
        default:
            if let bits = TypedDataType.width(text, after: "uint"), bits % 8 == 0, bits <= 256 {
                self = .unsigned(bits: bits)
            } else if let bits = TypedDataType.width(text, after: "int"), bits % 8 == 0, bits <= 256 {
                self = .signed(bits: bits)
            } else if let count = TypedDataType.width(text, after: "bytes"), count <= 32 {
                self = .fixedBytes(count)
            } else {
                return nil
            }
        }
    }

    /// The struct that this type is or that its elements are.
    var structureName: String? {
        switch self {
        case .structure(let name): name
        case .array(let element, _): element.structureName
        default: nil
        }
    }

    /// A name as Solidity takes it.
    static func isIdentifier(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"): true
            default: false
            }
        }
    }

    private static func width(_ text: Substring, after prefix: String) -> Int? {
        text.hasPrefix(prefix) ? number(text.dropFirst(prefix.count)) : nil
    }

    /// A positive decimal number without leading zeros.
    private static func number(_ text: Substring) -> Int? {
        guard let first = text.utf8.first, first != UInt8(ascii: "0"), text.utf8.count <= 4,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }
}
