import Dispatch
import Synchronization

/// Runs tasks one job at a time and counts the jobs: a task that never leaves its executor needs one.
final class CountingExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "counting-executor")
    private let count = Mutex(0)

    var jobs: Int { count.withLock { $0 } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        count.withLock { $0 += 1 }
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
