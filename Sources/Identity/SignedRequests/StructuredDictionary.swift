import Primitives

/// A dictionary of a structured field (RFC 9651 section 3.2), read strictly: what a serialiser would not write is
/// refused, but for optional blanks. `Signature-Input`, `Signature` and `Content-Digest` are such dictionaries.
public struct StructuredDictionary: Hashable, Sendable {
    /// The longest field that is read, all its lines together: what ERC-8128 allows.
    public static let maximumBytes = 16 << 10
    /// Members of a field: eight candidates, and what others sign along the way.
    public static let maximumMembers = 32
    /// Elements of a list: what ERC-8128 allows to be covered.
    public static let maximumElements = 32
    /// Parameters of a list or an item: what ERC-8128 allows a signature.
    public static let maximumParameters = 16

    /// What stands under a name.
    public enum Value: Hashable, Sendable {
        /// A value.
        case item(StructuredItem)
        /// A list in parentheses, and its own parameters.
        case list([StructuredItem], StructuredParameters)

        /// The value as RFC 9651 section 4.1 writes it: what `@signature-params` is made of.
        public var text: String {
            switch self {
            case .item(let item): item.text
            case .list(let items, let parameters): "(\(items.map(\.text).joined(separator: " ")))\(parameters.text)"
            }
        }
    }

    /// A name and what stands under it.
    public struct Member: Hashable, Sendable {
        /// The name.
        public let name: String
        /// What stands under it.
        public var value: Value
    }

    /// The members in wire order, each name once: of several the last value stands in the place of the first.
    public private(set) var members: [Member] = []

    /// Reads the value of a field whose lines were joined by `, `.
    public init(parsing text: String) throws(StructuredFieldError) {
        guard text.utf8.count <= StructuredDictionary.maximumBytes else { throw .tooLarge }
        var reader = StructuredReader(text)
        reader.skip { $0 == UInt8(ascii: " ") }
        guard !reader.isAtEnd else { return }
        while true {
            let member = try reader.member()
            if let index = members.firstIndex(where: { $0.name.hasSameBytes(as: member.name) }) {
                members[index].value = member.value
            } else {
                guard members.count < StructuredDictionary.maximumMembers else { throw .tooLarge }
                members.append(member)
            }
            reader.skipBlanks()
            guard !reader.isAtEnd else { return }
            guard reader.take(UInt8(ascii: ",")) else { throw .malformed }
            reader.skipBlanks()
            guard !reader.isAtEnd else { throw .malformed }
        }
    }

    /// What stands under `name`.
    public subscript(_ name: String) -> Value? {
        members.first { $0.name.hasSameBytes(as: name) }?.value
    }

    /// The whole dictionary as RFC 9651 section 4.1.2 writes it.
    public var text: String {
        members.map { member in
            if case .item(let item) = member.value, item.value == .boolean(true) {
                return member.name + item.parameters.text
            }
            return "\(member.name)=\(member.value.text)"
        }.joined(separator: ", ")
    }
}
