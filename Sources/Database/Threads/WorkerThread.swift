internal import Primitives
internal import Synchronization

/// A thread of the database's own whose end can be awaited.
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
        do throws(SystemThread.Refused) {
            try SystemThread.start(name: name) {
                body()
                worker.end()
            }.detach()
        } catch {
            throw .other(code: error.code)
        }
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
    func join() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}
