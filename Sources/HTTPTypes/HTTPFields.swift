/// Header fields in wire order. Names compare without regard to ASCII case (RFC 9110 section 5.1).
public struct HTTPFields: Sendable {
    /// One field line.
    public struct Field: Hashable, Sendable {
        /// The name as written.
        public let name: String
        /// The value without surrounding white space.
        public let value: String

        /// A field line.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All field lines in order.
    public private(set) var all: [Field]

    /// The given field lines.
    public init(_ fields: [Field] = []) {
        all = fields
    }

    /// How many field lines there are.
    public var count: Int { all.count }

    /// The value of the first line called `name`, or nil.
    public subscript(_ name: String) -> String? {
        all.first { HTTPFields.same($0.name, name) }?.value
    }

    /// The values of all lines called `name`, in order.
    public func values(of name: String) -> [String] {
        all.filter { HTTPFields.same($0.name, name) }.map(\.value)
    }

    /// Adds a line; earlier lines of that name stay.
    public mutating func append(_ name: String, _ value: String) {
        all.append(Field(name, value))
    }

    /// Replaces all lines of that name by one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes all lines of that name.
    public mutating func remove(_ name: String) {
        all.removeAll { HTTPFields.same($0.name, name) }
    }

    /// Whether two field names are the same name.
    public static func same(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        for (one, other) in zip(left.utf8, right.utf8) where fold(one) != fold(other) { return false }
        return true
    }

    private static func fold(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    /// Field lines in the written order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Field($0.0, $0.1) })
    }
}
