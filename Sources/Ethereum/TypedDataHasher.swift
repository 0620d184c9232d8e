import Cryptography
import Primitives

/// `encodeType`, `encodeData` and `hashStruct` of EIP-712 over declared structs.
struct TypedDataHasher {
    /// A declared member, its type read.
    private struct Member {
        let name: String
        let type: TypedDataType
    }

    private let structures: [String: TypedData.Structure]
    private let members: [String: [Member]]
    private var typeHashes: [String: [UInt8]] = [:]

    /// Reads and checks the declarations.
    init(_ structures: [TypedData.Structure]) throws(TypedDataError) {
        guard structures.count <= TypedData.maximumStructures else {
            throw TypedDataError(reason: .tooLarge, path: "types")
        }
        var byName: [String: TypedData.Structure] = [:]
        for structure in structures {
            let name = Substring(structure.name)
            guard TypedDataType.isIdentifier(name), TypedDataType(atomic: name) == nil, byName[structure.name] == nil
            else { throw TypedDataError(reason: .badName, path: "types.\(name)") }
            byName[structure.name] = structure
        }
        var members: [String: [Member]] = [:]
        for structure in structures {
            members[structure.name] = try TypedDataHasher.members(of: structure, among: byName)
        }
        self.structures = byName
        self.members = members
    }

    private static func members(
        of structure: TypedData.Structure, among structures: [String: TypedData.Structure]
    ) throws(TypedDataError) -> [Member] {
        let path = "types.\(structure.name)"
        guard structure.fields.count <= TypedData.maximumFields else {
            throw TypedDataError(reason: .tooLarge, path: path)
        }
        var names: Set<String> = []
        var members: [Member] = []
        for field in structure.fields {
            let path = "\(path).\(field.name)"
            guard TypedDataType.isIdentifier(Substring(field.name)), names.insert(field.name).inserted else {
                throw TypedDataError(reason: .badName, path: path)
            }
            // Bounded before it is read: the reader calls itself once a bracket.
            guard field.type.utf8.count(where: { $0 == UInt8(ascii: "[") }) <= TypedData.maximumDepth else {
                throw TypedDataError(reason: .tooLarge, path: path)
            }
            guard let type = TypedDataType(Substring(field.type)),
                type.structureName.map({ structures[$0] != nil }) ?? true
            else { throw TypedDataError(reason: .unknownType, path: path) }
            members.append(Member(name: field.name, type: type))
        }
        return members
    }

    /// `encodeType`: the struct's declaration, then those of all structs it refers to, sorted by name.
    func typeText(of name: String, at path: String) throws(TypedDataError) -> String {
        guard structures[name] != nil else { throw TypedDataError(reason: .unknownType, path: path) }
        var referenced: Set<String> = [name]
        var waiting = [name]
        while let next = waiting.popLast() {
            for member in members[next] ?? [] {
                if let other = member.type.structureName, referenced.insert(other).inserted { waiting.append(other) }
            }
        }
        referenced.remove(name)
        let ordered = [name] + referenced.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return ordered.map { name in
            let fields = structures[name]?.fields ?? []
            return name + "(" + fields.map { "\($0.type) \($0.name)" }.joined(separator: ",") + ")"
        }.joined()
    }

    /// `hashStruct`: Keccak-256 of the type's hash and the encoded members.
    mutating func hash(
        _ value: JSON, as name: String, at path: String, depth: Int = 0
    ) throws(TypedDataError) -> [UInt8] {
        guard depth < TypedData.maximumDepth else { throw TypedDataError(reason: .tooLarge, path: path) }
        var encoded = try typeHash(of: name, at: path)
        guard let given = value.members else { throw TypedDataError(reason: .badValue, path: path) }
        let members = members[name] ?? []
        for member in members {
            let path = "\(path).\(member.name)"
            guard let value = value[member.name] else { throw TypedDataError(reason: .missingMember, path: path) }
            encoded += try encode(value, as: member.type, at: path, depth: depth + 1)
        }
        // Names are unique on both sides, so equal counts mean equal names.
        guard given.count == members.count else {
            let unknown = given.first { member in !members.contains { $0.name == member.name } }
            throw TypedDataError(reason: .unknownMember, path: "\(path).\(unknown?.name ?? "")")
        }
        return Keccak256.hash(encoded)
    }

    private mutating func typeHash(of name: String, at path: String) throws(TypedDataError) -> [UInt8] {
        if let known = typeHashes[name] { return known }
        let hash = Keccak256.hash(Array(try typeText(of: name, at: path).utf8))
        typeHashes[name] = hash
        return hash
    }

    /// `encodeData` of one value: 32 bytes.
    private mutating func encode(
        _ value: JSON, as type: TypedDataType, at path: String, depth: Int
    ) throws(TypedDataError) -> [UInt8] {
        let word: [UInt8]?
        switch type {
        case .structure(let name):
            word = try hash(value, as: name, at: path, depth: depth)
        case .array(let element, let count):
            word = try encodeArray(value, of: element, count: count, at: path, depth: depth)
        case .unsigned(let bits):
            word = TypedDataHasher.number(value).flatMap { Word.unsigned($0, bits: bits) }
        case .signed(let bits):
            word = TypedDataHasher.number(value).flatMap { Word.signed($0, bits: bits) }
        case .bool:
            word = value.bool.map { Word.padded([$0 ? 1 : 0]) }
        case .address:
            word = value.string.flatMap { Address($0) }.map { Word.padded($0.bytes) }
        case .fixedBytes(let count):
            word = TypedDataHasher.bytes(value).flatMap { $0.count == count ? $0 : nil }
                .map { $0 + [UInt8](repeating: 0, count: Word.byteCount - count) }
        case .bytes:
            word = TypedDataHasher.bytes(value).map { Keccak256.hash($0) }
        case .string:
            word = value.string.map { Keccak256.hash(Array($0.utf8)) }
        }
        guard let word else { throw TypedDataError(reason: .badValue, path: path) }
        return word
    }

    /// Keccak-256 of the elements' encodings; nil for a value that is no such array.
    private mutating func encodeArray(
        _ value: JSON, of element: TypedDataType, count: Int?, at path: String, depth: Int
    ) throws(TypedDataError) -> [UInt8]? {
        guard depth < TypedData.maximumDepth else { throw TypedDataError(reason: .tooLarge, path: path) }
        guard let values = value.array, count == nil || count == values.count else { return nil }
        var encoded: [UInt8] = []
        for (index, value) in values.enumerated() {
            encoded += try encode(value, as: element, at: "\(path)[\(index)]", depth: depth + 1)
        }
        return Keccak256.hash(encoded)
    }

    /// The text of a whole number, however it was written.
    private static func number(_ value: JSON) -> String? {
        switch value {
        case .integer(let number): String(number)
        case .number(let text), .string(let text): text
        default: nil
        }
    }

    /// The bytes of a hex string, which needs its `0x`.
    private static func bytes(_ value: JSON) -> [UInt8]? {
        guard let text = value.string, text.utf8.starts(with: "0x".utf8) else { return nil }
        return Hex.decode(text)
    }
}
