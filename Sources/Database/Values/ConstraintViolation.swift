/// Which rule of the schema a statement would have broken. Names come from the schema, never from the data.
public struct ConstraintViolation: Hashable, Sendable {
    /// The kinds of rule both engines know.
    public enum Kind: Hashable, Sendable {
        /// A unique index or primary key.
        case unique
        /// A CHECK.
        case check
        /// A reference to a row that is not there, or the removal of one that is referred to.
        case foreignKey
        /// A column that must have a value.
        case notNull
        /// A trigger that refuses, or a value of the wrong type.
        case other
    }

    /// The kind of rule.
    public let kind: Kind
    /// The table, where the engine names it.
    public let table: String?
    /// The columns, where the engine names them.
    public let columns: [String]
    /// The rule's own name: of a CHECK, of an index over expressions, or a trigger's message.
    public let name: String?

    /// A violation from its parts.
    public init(kind: Kind, table: String? = nil, columns: [String] = [], name: String? = nil) {
        self.kind = kind
        self.table = table
        self.columns = columns
        self.name = name
    }
}

extension ConstraintViolation {
    /// Reads SQLite's message, `UNIQUE constraint failed: holds.wallet_id, holds.key`.
    init(kind: Kind, message: String) {
        guard let colon = message.firstRange(of: "constraint failed: ") else {
            // FOREIGN KEY names nothing; a trigger's message stands alone.
            self.init(kind: kind, name: kind == .other ? message : nil)
            return
        }
        let named = message[colon.upperBound...]
        if kind == .check {
            self.init(kind: kind, name: String(named))
        } else if let index = named.firstRange(of: "index '"), index.lowerBound == named.startIndex {
            self.init(kind: kind, name: String(named[index.upperBound...].dropLast()))
        } else {
            let parts = named.split(separator: ", ").map { $0.split(separator: ".", maxSplits: 1) }
            self.init(
                kind: kind, table: parts.first?.first.map(String.init),
                columns: parts.compactMap { $0.last.map(String.init) })
        }
    }
}
