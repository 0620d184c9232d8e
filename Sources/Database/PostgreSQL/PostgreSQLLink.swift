internal import CPostgreSQL
internal import Glibc
internal import Primitives

/// The wire to one server process: batches of commands there, answers back, nothing waited for without an end.
///
/// Every batch is one round trip (libpq's pipeline mode). After a failed command the server skips the rest of its
/// batch. Used by one thread.
final class PostgreSQLLink {
    /// One command of a batch.
    enum Command {
        /// Transaction control, or another statement of this module without parameters.
        case control(String)
        /// Keeps a statement under a name, for parameters of these types.
        case prepare(name: String, sql: String, types: [UInt32])
        /// Runs a statement that is kept.
        case execute(name: String, PostgreSQLValues)
        /// Runs a statement of this module once.
        case once(sql: String, PostgreSQLValues)
    }

    private var pointer: OpaquePointer?

    /// Whether the server has hung up, or was given up.
    var isOpen: Bool { pointer != nil }

    /// Connects to `url` within `milliseconds`. Looking up a host's name is the system's, with the system's patience.
    init(url: String, milliseconds: Int) throws(PostgreSQLFault) {
        guard let pointer = sealgate_pq_start(url) else { throw .lost }
        self.pointer = pointer
        let deadline = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
        var next = PGRES_POLLING_WRITING
        while next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING {
            guard PQstatus(pointer) != CONNECTION_BAD, wait(writing: next == PGRES_POLLING_WRITING, until: deadline)
            else { break }
            next = PQconnectPoll(pointer)
        }
        guard next == PGRES_POLLING_OK, PQsetnonblocking(pointer, 1) == 0 else {
            close()
            throw .lost
        }
    }

    deinit {
        close()
    }

    /// Hangs up. The server ends what it was doing for us; whether a COMMIT that was sent took place is not known.
    func close() {
        if let pointer { PQfinish(pointer) }
        pointer = nil
    }

    /// Runs trusted text of any number of statements, without parameters. One that fails undoes those before it, unless
    /// the text has transaction control of its own.
    func script(_ sql: String, milliseconds: Int) throws(PostgreSQLFault) {
        guard let pointer, PQexitPipelineMode(pointer) == 1, PQsendQuery(pointer, sql) == 1 else { throw dropped() }
        let deadline = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
        var failed: PostgreSQLFault?
        while let result = try answer(until: deadline) {
            if !result.isGood, failed == nil { failed = PostgreSQLFault(result) }
            if failed?.consequence == .lost { throw dropped() }
        }
        if let failed { throw failed }
    }

    /// Sends `commands` as one batch and returns their answers, as many. Throws only `.lost`: the answers say what the
    /// server refused.
    func exchange(_ commands: [Command], milliseconds: Int) throws(PostgreSQLFault) -> [PostgreSQLResult] {
        guard let pointer, PQenterPipelineMode(pointer) == 1 else { throw dropped() }
        for command in commands {
            guard send(command, on: pointer) == 1 else { throw dropped() }
        }
        guard PQpipelineSync(pointer) == 1 else { throw dropped() }
        let deadline = Monotonic.nanoseconds() + UInt64(milliseconds) * 1_000_000
        var answers: [PostgreSQLResult] = []
        for _ in commands {
            guard let result = try answer(until: deadline) else { throw dropped() }
            if !result.isGood, !result.isSkipped, PostgreSQLFault(result).consequence == .lost { throw dropped() }
            answers.append(result)
            // Each command's answers end with an empty one.
            while try answer(until: deadline) != nil {}
        }
        guard try answer(until: deadline) != nil else { throw dropped() }
        return answers
    }

    private func dropped() -> PostgreSQLFault {
        close()
        return .lost
    }

    private func send(_ command: Command, on pointer: OpaquePointer) -> CInt {
        switch command {
        case .control(let sql): PQsendQueryParams(pointer, sql, 0, nil, nil, nil, nil, 1)
        case .prepare(let name, let sql, let types):
            PQsendPrepare(pointer, name, sql, CInt(types.count), types)
        case .execute(let name, let values):
            values.withPointers { count, values, lengths, formats in
                PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1)
            }
        case .once(let sql, let values):
            values.withPointers { count, pointers, lengths, formats in
                PQsendQueryParams(pointer, sql, count, values.types, pointers, lengths, formats, 1)
            }
        }
    }

    /// The next answer; nil at the end of a command's answers.
    private func answer(until deadline: UInt64) throws(PostgreSQLFault) -> PostgreSQLResult? {
        guard let pointer else { throw .lost }
        while true {
            let unsent = PQflush(pointer)
            guard unsent >= 0 else { throw dropped() }
            if PQisBusy(pointer) == 0 {
                guard let result = PQgetResult(pointer) else {
                    guard PQstatus(pointer) == CONNECTION_OK else { throw dropped() }
                    return nil
                }
                return PostgreSQLResult(result)
            }
            guard wait(reading: true, writing: unsent == 1, until: deadline), PQconsumeInput(pointer) == 1 else {
                throw dropped()
            }
        }
    }

    private func wait(writing: Bool, until deadline: UInt64) -> Bool {
        wait(reading: !writing, writing: writing, until: deadline)
    }

    /// Waits for the socket; false once the time is over.
    private func wait(reading: Bool, writing: Bool, until deadline: UInt64) -> Bool {
        guard let pointer else { return false }
        var socket = pollfd(
            fd: PQsocket(pointer), events: Int16((reading ? POLLIN : 0) | (writing ? POLLOUT : 0)), revents: 0)
        while true {
            let now = Monotonic.nanoseconds()
            guard socket.fd >= 0, now < deadline else { return false }
            let ready = poll(&socket, 1, CInt(clamping: (deadline - now) / 1_000_000 + 1))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return false }
        }
    }
}
