internal import Primitives

/// Threads with a connection each, which take jobs from one queue.
final class PostgreSQLPool: Sendable {
    /// A call on its way to a thread.
    struct Job: Sendable {
        /// Runs on the thread.
        let run: @Sendable (PostgreSQLWorker) -> Void
        /// Tells the caller why it was not run.
        let fail: @Sendable (any Error) -> Void
        fileprivate var queuedAt: UInt64 = 0

        init(run: @escaping @Sendable (PostgreSQLWorker) -> Void, fail: @escaping @Sendable (any Error) -> Void) {
            self.run = run
            self.fail = fail
        }
    }

    private let queue: JobQueue<Job>
    private let threads: [WorkerThread]

    /// Starts `count` threads called `name`; each owns what `make` gives it. A job that has waited for longer than
    /// `waitMilliseconds` is not begun any more.
    init(
        name: String, count: Int, capacity: Int, waitMilliseconds: Int,
        make: @escaping @Sendable () -> PostgreSQLWorker
    ) throws(DatabaseError) {
        let queue = JobQueue<Job>(capacity: capacity)
        self.queue = queue
        do {
            threads = try (0..<count).map { _ throws(DatabaseError) in
                try WorkerThread.start(name: name) {
                    let worker = make()
                    while let job = queue.take(upTo: 1).first {
                        let waited = (Monotonic.nanoseconds() - job.queuedAt) / 1_000_000
                        if waited > UInt64(waitMilliseconds) {
                            job.fail(DatabaseError.overloaded)
                        } else {
                            job.run(worker)
                        }
                    }
                    worker.close()
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

    /// Queues `job`; if that is refused, its caller hears so at once.
    func append(_ job: Job) {
        var job = job
        job.queuedAt = Monotonic.nanoseconds()
        if let refusal = queue.append(job) { job.fail(refusal) }
    }

    /// How many jobs wait.
    var waitingCount: Int { queue.count }

    /// Refuses further jobs; those queued still run.
    func refuseFurther() {
        queue.close()
    }

    /// Returns once all threads have ended.
    func join() async {
        for thread in threads { await thread.join() }
    }
}
