import Primitives

/// A value and what hangs on it (RFC 9651 section 3.3).
public struct StructuredItem: Hashable, Sendable {
    /// The value.
    public let value: BareItem
    /// What follows it.
    public let parameters: StructuredParameters

    /// `value;name=...`
    public var text: String { value.text + parameters.text }
}

/// The parameters of an item or of a list (RFC 9651 section 3.1.2), in order, each name once: of several with one name
/// the last value stands in the place of the first.
public struct StructuredParameters: Hashable, Sendable {
    /// One parameter.
    public struct Parameter: Hashable, Sendable {
        /// Its name: lower-case letters, digits, `_`, `-`, `.` and `*`.
        public let name: String
        /// Its value; true where none is written.
        public var value: BareItem
    }

    /// All of them.
    public private(set) var all: [Parameter] = []

    /// The value of the parameter called `name`.
    public subscript(_ name: String) -> BareItem? {
        all.first { $0.name.hasSameBytes(as: name) }?.value
    }

    /// `;name=value` for each; a true one is its name alone.
    public var text: String {
        all.map { $0.value == .boolean(true) ? ";\($0.name)" : ";\($0.name)=\($0.value.text)" }.joined()
    }

    mutating func set(_ name: String, _ value: BareItem) {
        if let index = all.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            all[index].value = value
        } else {
            all.append(Parameter(name: name, value: value))
        }
    }
}
