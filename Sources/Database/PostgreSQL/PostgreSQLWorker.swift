internal import Glibc
internal import Primitives

/// What one thread of the engine does: it keeps a connection, and runs bodies on it until they are settled.
final class PostgreSQLWorker {
    /// Times that a body runs because others were in its way, or its connection broke.
    private static let maximumRuns = 8
    /// How long an unknown outcome is asked after before it is reported as such.
    private static let resolutionMilliseconds: UInt64 = 10_000
    /// Between two attempts to ask, and to run again.
    private static let pauseMilliseconds: UInt32 = 20

    private let url: String
    private let limitMilliseconds: Int
    private let limits: DatabaseLimits
    private let outage: Outage
    private let counters: Counters
    private let random: any RandomSource
    private var connection: PostgreSQLConnection?
    private var writes = 0

    /// A worker without a connection yet. No body may take longer than `limitMilliseconds`.
    init(
        url: String, limitMilliseconds: Int, limits: DatabaseLimits, outage: Outage, counters: Counters,
        random: any RandomSource
    ) {
        self.url = url
        self.limitMilliseconds = limitMilliseconds
        self.limits = limits
        self.outage = outage
        self.counters = counters
        self.random = random
    }

    /// Hangs up.
    func close() {
        connection?.link.close()
        connection = nil
    }

    private func connected() throws(DatabaseError) -> PostgreSQLConnection {
        if let connection, connection.isUsable { return connection }
        guard !outage.isFresh else { throw .unavailable }
        do throws(PostgreSQLFault) {
            let made = try PostgreSQLConnection(url: url, limitMilliseconds: limitMilliseconds, limits: limits)
            connection = made
            return made
        } catch {
            connection = nil
            outage.note()
            throw .unavailable
        }
    }

    /// Runs `body` in one consistent view. `rest` must follow, once its caller has the answer.
    func read<R>(_ body: (borrowing ReadTransaction) throws -> R) -> Result<R, any Error> {
        for run in 1... {
            let connection: PostgreSQLConnection
            do throws(DatabaseError) { connection = try connected() } catch { return .failure(error) }
            connection.begin(.reading)
            let result = Result { try body(ReadTransaction(.postgresql(connection))) }
            switch connection.state(successfully: (try? result.get()) != nil) {
            case .sound, .failed: return result
            case .ended(let error): return .failure(error)
            // A view that cannot change needs no savepoints: what failed once fails again.
            case .careless: return result
            case .again(let error) where run >= Self.maximumRuns: return .failure(error)
            case .lost where run >= 2: return .failure(DatabaseError.unavailable)
            case .again, .lost: connection.endTransaction()
            }
        }
        return .failure(DatabaseError.unavailable)
    }

    /// Ends what the last body left open.
    func rest() {
        connection?.endTransaction()
    }

    /// Runs the body of `job` until it is settled, and tells its caller.
    func write(_ job: WriteJob) {
        var isCareful = false
        for run in 1...Self.maximumRuns {
            let connection: PostgreSQLConnection
            do throws(DatabaseError) { connection = try connected() } catch { return job.fail(error) }
            if run > 1 { counters.add(\.repeats, 1) }
            connection.begin(.writing, carefully: isCareful)
            let result = Result { try job.attempt(WriteTransaction(.postgresql(connection))) }
            let state = connection.state(successfully: (try? result.get()) != nil)
            if case .sound = state, case .success(let settlement) = result {
                switch settle(connection) {
                case .committed: return settlement()
                case .failed(let error): return job.fail(error)
                case .again: pause(run)
                }
                continue
            }
            connection.endTransaction()
            switch (state, result) {
            case (.ended(let error), _): return job.fail(error)
            case (.sound, .failure(let error)), (.failed, .failure(let error)): return job.fail(error)
            case (.careless, _): isCareful = true
            case (.lost, _) where run >= 2: return job.fail(DatabaseError.unavailable)
            default: pause(run)
            }
        }
        job.fail(DatabaseError.busy)
    }

    private enum Ending {
        case committed
        case failed(DatabaseError)
        case again
    }

    /// Commits what a body has done.
    private func settle(_ connection: PostgreSQLConnection) -> Ending {
        guard connection.hasChanged else {
            connection.endTransaction()
            counters.commit(bodies: 1)
            return .committed
        }
        let operation: OperationRecord
        do throws(DatabaseError) {
            operation = try OperationRecord(random: random)
        } catch {
            connection.endTransaction()
            return .failed(error)
        }
        do throws(PostgreSQLFault) {
            try connection.commit([operation.note])
        } catch {
            switch error.consequence {
            case .tell: return .failed(error.error)
            case .again: return .again
            case .lost: return resolve(operation)
            }
        }
        counters.commit(bodies: 1)
        writes += 1
        if writes.isMultiple(of: OperationRecord.writesPerPurge) {
            // Failing is no harm: the next time removes more.
            try? OperationRecord.purge(by: connection)
        }
        return .committed
    }

    /// The connection broke at COMMIT: asks, over a new one, what came of it.
    private func resolve(_ operation: OperationRecord) -> Ending {
        let deadline = Monotonic.nanoseconds() + Self.resolutionMilliseconds * 1_000_000
        repeat {
            do {
                switch try operation.outcome(by: connected()) {
                case .committed:
                    counters.commit(bodies: 1)
                    return .committed
                case .never: return .again
                }
            } catch {
                pause(1)
            }
        } while Monotonic.nanoseconds() < deadline
        return .failed(.inputOutput(code: 0))
    }

    /// Longer from run to run, so that those who met do not meet again.
    private func pause(_ run: Int) {
        usleep(UInt32(run) * Self.pauseMilliseconds * 1_000 / 2 + UInt32(random.bytes(1)[0]) * 40)
    }
}
