import Glibc

/// The thread that runs one loop.
struct LoopThread: Sendable {
    private let thread: pthread_t

    /// Starts the thread with all signals blocked: signals belong to `SignalWatcher`.
    init(running loop: EventLoop) throws(SystemError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop)
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw SystemError("pthread_create", code: code)
        }
        self.thread = thread
    }

    func join() {
        pthread_join(thread, nil)
    }
}
