internal import CSQLite

/// The one writer: a thread that takes bodies from a queue and settles them group by group.
final class SQLiteWriter: Sendable {
    private let queue: JobQueue<WriteJob>
    private let thread: WorkerThread

    /// Starts the thread; it owns `connection` from here on, and unlocks `file` when it has closed it.
    init(
        connection: SQLiteConnection, file: DatabaseFile, limits: DatabaseLimits, counters: Counters
    ) throws(DatabaseError) {
        let queue = JobQueue<WriteJob>(capacity: limits.waitingCount)
        self.queue = queue
        thread = try WorkerThread.start(name: "db-writer") {
            Self.run(connection: connection, queue: queue, limits: limits, counters: counters)
            connection.close()
            file.unlock()
        }
    }

    deinit {
        queue.close()
    }

    private static func run(
        connection: SQLiteConnection, queue: JobQueue<WriteJob>, limits: DatabaseLimits, counters: Counters
    ) {
        let log = WriteAheadLog(limits: limits)
        log.watch(connection.pointer)
        let group = GroupCommit(connection: connection, limits: limits, counters: counters) {
            queue.takeWaiting(upTo: $0)
        }
        while true {
            let jobs = queue.take(upTo: limits.batchCount)
            if jobs.isEmpty { break }
            group.settle(jobs)
            counters.log(pages: log.pages)
            tidy(log, connection, limits, counters)
        }
        // SQLite knows `log` by its address only.
        withExtendedLifetime(log) { _ = sqlite3_wal_hook(connection.pointer, nil, nil) }
        // Readers are gone by now: everything goes into the file, and the log is emptied.
        connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
    }

    private static func tidy(
        _ log: WriteAheadLog, _ connection: SQLiteConnection, _ limits: DatabaseLimits, _ counters: Counters
    ) {
        switch log.dueStep {
        case .none: return
        case .copy: connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE)
        case .restart:
            connection.setBusyWait(milliseconds: limits.restartWaitMilliseconds)
            connection.checkpoint(SQLITE_CHECKPOINT_RESTART)
            connection.setBusyWait(milliseconds: limits.busyMilliseconds)
        }
        log.tried()
        counters.add(\.checkpoints, 1)
    }

    /// Queues `job`; if that is refused, its caller hears so at once.
    func append(_ job: WriteJob) {
        if let refusal = queue.append(job) { job.fail(refusal) }
    }

    /// How many bodies wait.
    var waitingCount: Int { queue.count }

    /// Refuses further bodies; those queued still run.
    func refuseFurther() {
        queue.close()
    }

    /// Returns once the thread has ended and the connection is closed.
    func join() async {
        await thread.join()
    }
}
