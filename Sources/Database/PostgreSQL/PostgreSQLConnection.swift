internal import Primitives

/// One connection and the transaction that runs on it. Used by one thread.
///
/// A failed statement ends PostgreSQL's whole transaction, whereas a body may catch `.constraint` and go on. Guarding
/// each statement by a savepoint would slow all of them down for the few bodies that do. So a body runs unguarded
/// first; if it asks for anything more after a statement of its failed, or succeeds in spite of that, it runs again,
/// carefully: each statement under a savepoint. Bodies may run several times.
final class PostgreSQLConnection {
    /// What kind of transaction begins with the first statement.
    enum Kind: String {
        /// A consistent view of what is committed.
        case reading = "begin isolation level repeatable read read only"
        /// Sees what others commit meanwhile; `lock` makes that safe.
        case writing = "begin isolation level read committed read write"
    }

    /// How it stands with the transaction when its body has returned.
    enum State {
        /// As the body says.
        case sound
        /// A statement failed; the body heard of it and asked for nothing more.
        case failed
        /// An error ended the transaction, whatever the body made of it.
        case ended(DatabaseError)
        /// The body must run again, carefully.
        case careless
        /// The body must run again.
        case again(DatabaseError)
        /// The connection is gone, and with it everything the body did.
        case lost
    }

    /// The answer to a statement may take so much longer than the server lets the statement run.
    static let graceMilliseconds = 500

    let link: PostgreSQLLink
    private let limitMilliseconds: Int
    private var statements: PostgreSQLStatements
    private var kind = Kind.reading
    private var isCareful = false
    private var deadline: UInt64 = 0
    private var fault: PostgreSQLFault?
    private var wantsCare = false
    /// Whether the server has a transaction open.
    private(set) var isOpen = false
    /// Whether the body may have changed a row.
    private(set) var hasChanged = false

    /// Connects to `url`. No statement may run, and no transaction lie idle, for longer than `limitMilliseconds`.
    init(url: String, limitMilliseconds: Int, limits: DatabaseLimits) throws(PostgreSQLFault) {
        link = try PostgreSQLLink(url: url, milliseconds: limits.connectMilliseconds)
        self.limitMilliseconds = limitMilliseconds
        statements = PostgreSQLStatements(capacity: limits.statementCount)
        try control([
            "set statement_timeout = \(limitMilliseconds)",
            "set lock_timeout = \(min(limits.lockMilliseconds, limitMilliseconds))",
            // A node that froze or fell off the net must not keep a wallet locked.
            "set idle_in_transaction_session_timeout = \(limitMilliseconds + limits.lockMilliseconds)",
            // COMMIT means on disk, whatever the server's default.
            """
            select set_config('synchronous_commit', 'on', false)
                where current_setting('synchronous_commit') in ('off', 'local')
            """,
        ])
    }

    /// Whether the server is still there, as far as is known.
    var isUsable: Bool { link.isOpen }

    /// Runs commands of this module in one round trip. Throws the first failure.
    func control(_ commands: [String]) throws(PostgreSQLFault) {
        _ = try exchange(commands.map { .control($0) })
    }

    /// Sends a batch, and throws the first failure in it.
    @discardableResult
    func exchange(_ commands: [PostgreSQLLink.Command]) throws(PostgreSQLFault) -> [PostgreSQLResult] {
        let answers = try link.exchange(commands, milliseconds: limitMilliseconds + Self.graceMilliseconds)
        if let failed = answers.first(where: { !$0.isGood }) { throw PostgreSQLFault(failed) }
        return answers
    }

    /// Readies the connection for a body; the server hears of it with the body's first statement.
    func begin(_ kind: Kind, carefully: Bool = false) {
        self.kind = kind
        isCareful = carefully
        deadline = Monotonic.nanoseconds() + UInt64(limitMilliseconds) * 1_000_000
        fault = nil
        wantsCare = false
        hasChanged = false
    }

    /// How it stands once the body has returned, `successfully` or not.
    func state(successfully: Bool) -> State {
        guard let fault else { return .sound }
        switch fault.consequence {
        case .lost: return .lost
        case .again:
            // The statement that met a stale plan is prepared anew.
            if isUsable { resetStatements() }
            return .again(fault.error)
        case .tell:
            guard wantsCare || successfully else { return .failed }
            return isCareful || PostgreSQLConnection.isFinal(fault.error) ? .ended(fault.error) : .careless
        }
    }

    /// Errors after which a body is over on every engine.
    private static func isFinal(_ error: DatabaseError) -> Bool { error == .timeLimit || error == .full }

    private func resetStatements() {
        endTransaction()
        statements.removeAll()
        do throws(PostgreSQLFault) { try control(["deallocate all"]) } catch { link.close() }
    }

    /// Undoes whatever is open. A connection on which that fails is given up.
    func endTransaction() {
        guard isOpen else { return }
        isOpen = false
        guard isUsable else { return }
        do throws(PostgreSQLFault) { try control(["rollback"]) } catch { link.close() }
    }

    /// Commits, with `last` as one more statement of the transaction. Throws `.lost` if the outcome is unknown.
    func commit(_ last: [PostgreSQLLink.Command]) throws(PostgreSQLFault) {
        let answers: [PostgreSQLResult]
        do throws(PostgreSQLFault) {
            answers = try exchange(last + [.control("commit")])
        } catch {
            if error.consequence != .lost { endTransaction() }
            throw error
        }
        isOpen = false
        guard answers.last?.tag == "COMMIT" else {
            throw PostgreSQLFault(error: .other(code: 0), consequence: .tell)
        }
    }

    /// Every row, mapped.
    func rows<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> [R] {
        let result = try run(sql, parameters)
        return try (0..<result.rowCount).map { try map(Row(PostgreSQLRow(result, $0))) }
    }

    /// The first row, mapped.
    func first<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> R? {
        let result = try run(sql, parameters)
        return result.rowCount > 0 ? try map(Row(PostgreSQLRow(result, 0))) : nil
    }

    /// Runs a statement and returns how many rows it changed.
    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        try run(sql, parameters).changedRows
    }

    private func run(_ sql: String, _ parameters: [SQLValue]) throws(DatabaseError) -> PostgreSQLResult {
        if let fault {
            wantsCare = true
            throw fault.error
        }
        guard Monotonic.nanoseconds() < deadline else {
            fault = PostgreSQLFault(error: .timeLimit, consequence: .tell)
            throw .timeLimit
        }
        let call = try statements.call(sql, parameters)
        var batch = statements.takeDropped().map { PostgreSQLLink.Command.control("deallocate \($0)") }
        if !isOpen { batch.append(.control(kind.rawValue)) }
        if isCareful { batch.append(.control("savepoint statement")) }
        if let text = call.text { batch.append(.prepare(name: call.name, sql: text, types: call.values.types)) }
        let place = batch.count
        batch.append(.execute(name: call.name, call.values))
        if isCareful { batch.append(.control("release savepoint statement")) }
        do throws(PostgreSQLFault) {
            let answers = try link.exchange(batch, milliseconds: limitMilliseconds + Self.graceMilliseconds)
            isOpen = true
            if call.changes { hasChanged = true }
            guard let failed = answers.firstIndex(where: { !$0.isGood }) else { return answers[place] }
            if failed < place, call.text != nil { statements.forget(call.name) }
            throw PostgreSQLFault(answers[failed])
        } catch {
            try mend(error)
        }
    }

    /// Makes the transaction usable again after `fault` if it was guarded; the body hears of the fault either way.
    private func mend(_ fault: PostgreSQLFault) throws(DatabaseError) -> Never {
        guard isCareful, fault.consequence == .tell, !PostgreSQLConnection.isFinal(fault.error) else {
            self.fault = fault
            throw fault.error
        }
        do throws(PostgreSQLFault) {
            try control(["rollback to savepoint statement", "release savepoint statement"])
        } catch {
            self.fault = error
            throw error.error
        }
        throw fault.error
    }
}
