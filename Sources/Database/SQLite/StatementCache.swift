/// The prepared statements of one connection by their text. Bounded: the least recently used one goes.
struct StatementCache {
    /// Far above what all domains together use (some hundred texts); a bound only against texts made at run time.
    static let defaultCapacity = 512

    private let capacity: Int
    private var statements: [String: SQLiteStatement] = [:]
    private var clock: UInt64 = 0
    /// How many statements were compiled, hits excluded.
    private(set) var compilations: UInt64 = 0

    /// An empty cache of `capacity` statements, at least one.
    init(capacity: Int = Self.defaultCapacity) {
        precondition(capacity > 0, "a cache holds at least one statement")
        self.capacity = capacity
    }

    /// How many statements are kept.
    var count: Int { statements.count }

    /// A statement for `sql` that is not running, compiled by `make` if need be.
    mutating func statement(
        for sql: String, make: (String) throws(DatabaseError) -> SQLiteStatement
    ) throws(DatabaseError) -> SQLiteStatement {
        clock += 1
        if let known = statements[sql] {
            known.lastUse = clock
            if !known.isRunning { return known }
            // The same query inside its own `map`: a second statement, not kept.
            compilations += 1
            return try make(sql)
        }
        let made = try make(sql)
        compilations += 1
        made.lastUse = clock
        if statements.count >= capacity { evict() }
        statements[sql] = made
        return made
    }

    private mutating func evict() {
        let oldest = statements.lazy.filter { !$0.value.isRunning }.min { $0.value.lastUse < $1.value.lastUse }
        if let oldest { statements[oldest.key] = nil }
    }

    /// Drops every statement, as closing a connection requires.
    mutating func removeAll() {
        statements.removeAll()
    }
}
