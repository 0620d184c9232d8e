import Primitives
import Glibc
import Synchronization

/// The process's event loops: one thread each, usually one a core.
public final class EventLoopGroup: Sendable {
    /// The loops, by index.
    public let loops: [EventLoop]

    private let turn = Atomic<Int>(0)
    private let threads: Mutex<[SystemThread]>

    /// Starts `count` loops (at least one) whose threads are called "<name>-<index>" and block every signal, so that a
    /// `SignalWatcher` gets them. They run until `stop()`.
    public init(count: Int, name: String = "loop", observer: (any LagObserver)? = nil) throws(SystemError) {
        precondition(count > 0, "a group has at least one loop")
        var loops: [EventLoop] = []
        for index in 0..<count {
            loops.append(try EventLoop(index: index, name: "\(name)-\(index)", observer: observer))
        }
        var threads: [SystemThread] = []
        do throws(SystemThread.Refused) {
            for loop in loops { threads.append(try SystemThread.start(name: loop.name) { loop.run() }) }
        } catch {
            for (loop, thread) in zip(loops, threads) {
                loop.requestStop()
                thread.join()
            }
            throw SystemError("pthread_create", code: error.code)
        }
        self.loops = loops
        self.threads = Mutex(threads)
    }

    /// The loops in turn.
    public func next() -> EventLoop {
        loops[turn.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    }

    /// Ends the loops and waits for their threads. Not from a loop's own thread. Jobs that are ready still run; a task
    /// that is suspended then never comes back, so stop only after what runs on the loops has ended.
    public func stop() {
        precondition(!loops.contains { $0.inLoop }, "a loop cannot wait for its own end")
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        guard !threads.isEmpty else { return }
        for loop in loops { loop.requestStop() }
        for thread in threads { thread.join() }
    }
}
