import CLinux
import Glibc
import Primitives
import Synchronization

/// One thread that polls descriptors, runs timers, and executes the Swift tasks that prefer it.
///
/// A task started by `task(_:)` runs every one of its parts on this thread, so that a request is read, handled and
/// answered without a change of thread (a change costs about 4 us, 40 % of a small request). **`Task { }` and
/// `Task.detached { }` inside do not inherit that preference**: use `task(_:)` again.
///
/// What runs here must not block and should stay below 200 us; longer work belongs on another executor.
public final class EventLoop: TaskExecutor {
    /// Jobs run in a row before descriptors are polled again, so that a chain of tasks that keep waking one another
    /// cannot starve the connections. 256 jobs of a few microseconds stay near a millisecond.
    public static let jobsPerTurn = 256
    /// A turn that has taken so long ends with the present jobs: answers that come from the database by the hundred, in
    /// one commit, take longer than a few microseconds each. Two milliseconds leave room below the five that a
    /// connection may be kept waiting.
    static let turnNanoseconds: UInt64 = 2_000_000
    /// Jobs between two looks at the clock, and so the fewest that a turn runs.
    static let jobsPerLook = 4
    /// Events taken by one epoll_wait(2). At the 200 us that a callback may take, 16 stay below the five milliseconds;
    /// descriptors that had to stay behind come first the next time. A call for each 16 is a hundredth of their work.
    static let eventsPerTurn = 16

    /// The loop's place in its group.
    public let index: Int
    /// The thread's name.
    public let name: String

    let poller: Poller
    private let observer: (any LagObserver)?
    private let threadID = Atomic<Int32>(0)
    private let inbox = Mutex(Inbox())
    nonisolated(unsafe) var own = LoopState()  // proof: touched on the loop's thread alone; every entry checks `inLoop`

    /// Work from other threads, until the loop fetches it.
    private struct Inbox {
        var work: [Work] = []
    }

    init(index: Int, name: String, observer: (any LagObserver)?) throws(SystemError) {
        self.index = index
        self.name = name
        self.observer = observer
        poller = try Poller()
    }

    /// Whether the caller runs on this loop's thread.
    public var inLoop: Bool {
        threadID.load(ordering: .relaxed) == linux_cached_thread_id()
    }

    /// The monotonic clock that the loop's timers run by.
    public var nowNanoseconds: UInt64 { Monotonic.nanoseconds() }

    /// Runs `body` on the loop: after the current callback when called there, else as soon as the loop comes round.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        add(.body(body))
    }

    /// Starts a task that runs on this loop.
    @discardableResult
    public func task(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self, operation: body)
    }

    func add(_ work: Work) {
        if inLoop {
            own.ready.append(work)
            return
        }
        let wasEmpty = inbox.withLock { inbox in
            inbox.work.append(work)
            return inbox.work.count == 1
        }
        if wasEmpty { poller.wake() }
    }

    /// The thread's whole life.
    func run() {
        threadID.store(linux_cached_thread_id(), ordering: .relaxed)
        while !own.isStopping { turn() }
        runRemainingJobs()
    }

    /// Ends `run` after the present turn. Any thread.
    func requestStop() {
        execute { [self] in own.isStopping = true }
    }

    private func turn() {
        let count = poller.wait(milliseconds: waitMilliseconds())
        let began = Monotonic.nanoseconds()
        for position in 0..<count { deliver(poller.event(at: position)) }
        while let body = own.timers.popDue(now: began) { body() }
        runJobs(atMost: EventLoop.jobsPerTurn, until: began + EventLoop.turnNanoseconds)
        observer?.loopWasBusy(index, nanoseconds: Monotonic.nanoseconds() - began)
    }

    private func waitMilliseconds() -> CInt {
        if !own.ready.isEmpty { return 0 }
        guard let deadline = own.timers.nextDeadline() else { return -1 }
        let now = Monotonic.nanoseconds()
        guard deadline > now else { return 0 }
        // Rounded up: waking early would only poll again.
        return CInt(clamping: (deadline - now + 999_999) / 1_000_000)
    }

    private func deliver(_ event: Poller.Event) {
        if event.isWake {
            poller.clearWake()
            let work = inbox.withLock { inbox in
                defer { inbox.work = [] }
                return inbox.work
            }
            own.ready.append(contentsOf: work)
        } else if let handler = own.handler(of: event) {
            handler.ready(event.events)
        }
    }

    private func runJobs(atMost limit: Int, until end: UInt64) {
        var left = limit
        while left > 0, let work = own.ready.popFirst() {
            switch work {
            case .job(let job):
                job.runSynchronously(on: asUnownedTaskExecutor())
            case .body(let body): body()
            }
            left -= 1
            if left.isMultiple(of: EventLoop.jobsPerLook), Monotonic.nanoseconds() >= end { return }
        }
    }

    /// Tasks that were ready when the stop came still end; what is suspended elsewhere cannot come back.
    private func runRemainingJobs() {
        runJobs(atMost: .max, until: .max)
        own.removeAll()
    }
}
