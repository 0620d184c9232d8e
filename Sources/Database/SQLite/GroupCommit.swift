internal import Primitives

/// Runs queued bodies, many to a transaction, and commits once for all of them.
///
/// Each body has a savepoint of its own. One that throws undoes its own work; the others do not notice. No caller hears
/// anything before COMMIT has returned, not even of a thrown error: the body may have thrown because of what another
/// body of the same, not yet committed, transaction wrote.
///
/// Some errors (a full disk, an interrupted statement) make SQLite roll back the whole transaction under the body. Then
/// the body that met the error fails, and the others run again: together, and after a second such loss one by one. So
/// no body runs more than three times. If COMMIT itself fails for a reason that may lie in one of the bodies, they run
/// again one by one; if it fails at reading or writing the file, all of them fail.
final class GroupCommit {
    private let connection: SQLiteConnection
    private let limits: DatabaseLimits
    private let counters: Counters
    /// Bodies that wait already, at most so many.
    private let more: (Int) -> [WriteJob]

    private static let begin = "begin immediate"
    private static let commit = "commit"
    private static let rollback = "rollback"
    private static let open = "savepoint body"
    private static let keep = "release body"
    private static let undo = "rollback to body"

    /// What became of one body.
    private enum Outcome {
        case done(WriteJob.Settlement)
        /// The whole transaction is gone.
        case lost(DatabaseError)
    }

    /// What became of one transaction.
    private enum Round {
        /// The first so many bodies are on disk; the rest had no time.
        case committed([WriteJob.Settlement])
        /// Gone under one body; those before it have run.
        case lost(culprit: Int, DatabaseError)
        /// Not begun, or not committed; so many bodies have run.
        case failed(DatabaseError, ran: Int)
    }

    /// `more` gives the bodies that arrived while the transaction was being filled.
    init(
        connection: SQLiteConnection, limits: DatabaseLimits, counters: Counters, more: @escaping (Int) -> [WriteJob]
    ) {
        self.connection = connection
        self.limits = limits
        self.counters = counters
        self.more = more
    }

    /// Settles `jobs`, and those that arrive meanwhile as far as the batch admits them. Every one of them hears its
    /// outcome before this returns.
    func settle(_ jobs: [WriteJob]) {
        var jobs = jobs
        var culprits: [(WriteJob, DatabaseError)] = []
        defer { for (job, error) in culprits { job.fail(error) } }
        while !jobs.isEmpty {
            switch transact(&jobs, grows: culprits.isEmpty) {
            case .committed(let settlements):
                for settlement in settlements { settlement() }
                jobs.removeFirst(settlements.count)
            case .lost(let culprit, let error):
                culprits.append((jobs.remove(at: culprit), error))
                counters.add(\.repeats, culprit)
                if culprits.count > 1 { return settleOneByOne(jobs) }
            case .failed(.full, let ran) where jobs.count > 1:
                counters.add(\.repeats, ran)
                return settleOneByOne(jobs)
            case .failed(let error, _):
                for job in jobs { job.fail(error) }
                return
            }
        }
    }

    private func settleOneByOne(_ jobs: [WriteJob]) {
        for job in jobs {
            var single = [job]
            switch transact(&single, grows: false) {
            case .committed(let settlements): for settlement in settlements { settlement() }
            case .lost(_, let error), .failed(let error, _): job.fail(error)
            }
        }
    }

    private func transact(_ jobs: inout [WriteJob], grows: Bool) -> Round {
        do {
            try connection.control(Self.begin)
        } catch {
            return .failed(error, ran: 0)
        }
        let start = Monotonic.nanoseconds()
        var settlements: [WriteJob.Settlement] = []
        while settlements.count < jobs.count, settlements.isEmpty || hasTime(since: start) {
            switch run(jobs[settlements.count]) {
            case .done(let settlement): settlements.append(settlement)
            case .lost(let error):
                rollBack()
                return .lost(culprit: settlements.count, error)
            }
            if grows, settlements.count == jobs.count, hasTime(since: start) {
                jobs += more(limits.batchCount - jobs.count)
            }
        }
        do {
            try connection.control(Self.commit)
        } catch {
            rollBack()
            return .failed(error, ran: settlements.count)
        }
        counters.commit(bodies: settlements.count)
        return .committed(settlements)
    }

    private func hasTime(since start: UInt64) -> Bool {
        Monotonic.nanoseconds() - start < limits.batchNanoseconds
    }

    /// Ends whatever SQLite has not ended by itself.
    private func rollBack() {
        guard !connection.isAutocommit else { return }
        try? connection.control(Self.rollback)
    }

    private func run(_ job: WriteJob) -> Outcome {
        do throws(DatabaseError) {
            try connection.control(Self.open)
            let settlement = attempt(job)
            if let error = connection.lostTransaction { return .lost(error) }
            switch settlement {
            case .success(let settlement):
                guard connection.hasOpenReferences else {
                    try connection.control(Self.keep)
                    return .done(settlement)
                }
                try connection.control(Self.undo)
                try connection.control(Self.keep)
                return .done { job.fail(DatabaseError.constraint(ConstraintViolation(kind: .foreignKey))) }
            case .failure(let error):
                try connection.control(Self.undo)
                try connection.control(Self.keep)
                return .done { job.fail(error) }
            }
        } catch {
            return .lost(error)
        }
    }

    private func attempt(_ job: WriteJob) -> Result<WriteJob.Settlement, any Error> {
        connection.withinTransaction {
            connection.timeLimit.enforce(milliseconds: limits.writeMilliseconds) {
                Result { try job.attempt(WriteTransaction(.sqlite(connection))) }
            }
        }
    }
}
