/// The statements that one connection keeps prepared, by their text and the types of their parameters. Bounded: the
/// least recently used one goes.
struct PostgreSQLStatements {
    private struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    /// What is known of a text: the same on every connection, but cheaper to keep than to ask for.
    private struct Reading {
        let highest: Int
        let used: Set<Int>
        let changes: Bool
        var lastUse: UInt64
    }

    /// A statement, ready to be run.
    struct Call {
        /// Under which name it is kept.
        let name: String
        /// Set if it must be prepared first.
        let text: String?
        /// What it is run with.
        let values: PostgreSQLValues
        /// Whether it may change rows.
        let changes: Bool
    }

    /// What a body may run, as on SQLite.
    private static let permitted: Set<String> = ["select", "insert", "update", "delete", "with", "values"]
    private static let looking: Set<String> = ["select", "values"]

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var readings: [String: Reading] = [:]
    private var clock: UInt64 = 0
    /// Names that the server still keeps for nothing.
    private(set) var dropped: [String] = []

    /// A cache of `capacity` statements, at least one.
    init(capacity: Int) {
        precondition(capacity > 0, "a cache holds at least one statement")
        self.capacity = capacity
    }

    /// How many statements are kept.
    var count: Int { entries.count }

    /// The statement `sql` with `parameters`. One that is new counts as kept: see `forget`.
    mutating func call(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> Call {
        clock += 1
        let reading = try read(sql)
        guard parameters.count == reading.highest else {
            throw .misuse("\(parameters.count) values for \(reading.highest) parameters")
        }
        let values = try PostgreSQLValues(parameters, used: reading.used)
        let key = Key(sql: sql, types: values.types)
        if let name = entries[key]?.name {
            entries[key]?.lastUse = clock
            return Call(name: name, text: nil, values: values, changes: reading.changes)
        }
        if entries.count >= capacity { evict() }
        let name = "s\(clock)"
        entries[key] = Entry(name: name, lastUse: clock)
        return Call(name: name, text: sql, values: values, changes: reading.changes)
    }

    private mutating func read(_ sql: String) throws(DatabaseError) -> Reading {
        if let known = readings[sql] { return known }
        let numbered: ParameterNumbering
        do {
            numbered = try ParameterNumbering(sql)
        } catch .notNumbered {
            throw .misuse("parameters are written $1, $2, ...")
        } catch {
            throw .misuse("more than \(ParameterNumbering.maximum) parameters")
        }
        guard Self.permitted.contains(numbered.keyword) else {
            throw .misuse("a body may not run \"\(numbered.keyword)\"")
        }
        let reading = Reading(
            highest: numbered.highest, used: numbered.used, changes: !Self.looking.contains(numbered.keyword),
            lastUse: clock)
        if readings.count >= capacity { readings.removeAll() }
        readings[sql] = reading
        return reading
    }

    private mutating func evict() {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        dropped.append(oldest.value.name)
        entries[oldest.key] = nil
    }

    /// The server does not keep the statement called `name` after all.
    mutating func forget(_ name: String) {
        entries = entries.filter { $0.value.name != name }
    }

    /// Names to give up now.
    mutating func takeDropped() -> [String] {
        defer { dropped = [] }
        return dropped
    }

    /// Forgets everything, as a new connection must.
    mutating func removeAll() {
        entries = [:]
        dropped = []
    }
}
