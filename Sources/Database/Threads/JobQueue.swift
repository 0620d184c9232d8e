internal import Glibc
internal import Synchronization

/// Jobs handed from any thread to worker threads, in order. Bounded; closing it lets the workers finish what is queued.
final class JobQueue<Job: Sendable>: Sendable {
    private struct State {
        var jobs: [Job] = []
        /// The next job to take; the ones before it are gone. Saves moving the rest at each take.
        var head = 0
        var idleWorkers = 0
        var isClosed = false

        var count: Int { jobs.count - head }

        mutating func take(upTo limit: Int) -> [Job] {
            let end = min(head + limit, jobs.count)
            let taken = Array(jobs[head..<end])
            head = end
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: head <= 1_024)
                head = 0
            } else if head >= 1_024 {
                jobs.removeFirst(head)
                head = 0
            }
            return taken
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private nonisolated(unsafe) let wake: UnsafeMutablePointer<sem_t>  // proof: semaphores serve many threads

    /// A queue for at most `capacity` waiting jobs.
    init(capacity: Int) {
        self.capacity = capacity
        wake = .allocate(capacity: 1)
        sem_init(wake, 0, 0)
    }

    deinit {
        sem_destroy(wake)
        wake.deallocate()
    }

    /// Appends `job`, unless the queue is closed or full: then nothing is kept and the reason comes back.
    func append(_ job: Job) -> DatabaseError? {
        let (refusal, wakes) = state.withLock { state -> (DatabaseError?, Bool) in
            if state.isClosed { return (.closed, false) }
            if state.count >= capacity { return (.overloaded, false) }
            state.jobs.append(job)
            guard state.idleWorkers > 0 else { return (nil, false) }
            state.idleWorkers -= 1
            return (nil, true)
        }
        if wakes { sem_post(wake) }
        return refusal
    }

    /// Refuses further jobs and wakes every idle worker.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idleWorkers = 0 }
            return state.idleWorkers
        }
        for _ in 0..<idle { sem_post(wake) }
    }

    /// Jobs that are there already, at most `limit`; never waits.
    func takeWaiting(upTo limit: Int) -> [Job] {
        state.withLock { $0.take(upTo: limit) }
    }

    /// At least one job, at most `limit`; waits for the first. Empty once the queue is closed and drained.
    func take(upTo limit: Int) -> [Job] {
        while true {
            let jobs = state.withLock { state -> [Job]? in
                if state.count > 0 || state.isClosed { return state.take(upTo: limit) }
                state.idleWorkers += 1
                return nil
            }
            if let jobs { return jobs }
            while sem_wait(wake) != 0 {}
        }
    }

    /// How many jobs wait.
    var count: Int { state.withLock { $0.count } }
}
