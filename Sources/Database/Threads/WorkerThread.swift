internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread of the database's own. It takes no signals: those belong to the event loops.
final class WorkerThread: Sendable {
    private struct State {
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    private init() {}

    /// Starts a thread that runs `body` once. `name` shows in `top -H`; the kernel keeps 15 bytes of it.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(DatabaseError) -> WorkerThread {
        let worker = WorkerThread()
        let start = Start {
            linux_name_thread(name)
            body()
            worker.end()
        }
        var everySignal = sigset_t()
        var before = sigset_t()
        sigfillset(&everySignal)
        // A thread inherits the mask of the one that makes it.
        pthread_sigmask(SIG_SETMASK, &everySignal, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(start)
        let code = pthread_create(&thread, nil, { Start.run($0) }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw .other(code: code)
        }
        pthread_detach(thread)
        return worker
    }

    private func end() {
        let waiting = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once the body has returned.
    nonisolated(nonsending) func join() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// What the new thread is to run, carried through C's untyped pointer.
    private final class Start: Sendable {
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }

        static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }
    }
}
