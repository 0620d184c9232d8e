/// Threads for reads that may take long, each with a connection of its own.
final class SQLiteScanners: Sendable {
    /// A scan on its way to a thread.
    typealias Job = @Sendable (SQLiteConnection) -> Void

    private let queue: JobQueue<Job>
    private let threads: [WorkerThread]

    /// Starts a thread for each of `connections`.
    init(connections: [SQLiteConnection], limits: DatabaseLimits) throws(DatabaseError) {
        let queue = JobQueue<Job>(capacity: limits.waitingCount)
        self.queue = queue
        do {
            threads = try connections.map { connection throws(DatabaseError) in
                try WorkerThread.start(name: "db-scan") {
                    while let job = queue.take(upTo: 1).first { job(connection) }
                    connection.close()
                }
            }
        } catch {
            queue.close()
            throw error
        }
    }

    deinit {
        queue.close()
    }

    /// Queues `job`, or says why not.
    func append(_ job: @escaping Job) -> DatabaseError? {
        queue.append(job)
    }

    /// Refuses further scans; those queued still run.
    func refuseFurther() {
        queue.close()
    }

    /// Returns once all threads have ended and their connections are closed.
    func join() async {
        for thread in threads { await thread.join() }
    }
}
