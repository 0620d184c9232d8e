import CLinux
import Glibc

/// A thread of our own, for what must not run on Swift's pool: event loops, the database, the log.
///
/// It takes no signals: those belong to whoever reads them from a descriptor. Either `join` or `detach` it, once.
public struct SystemThread: Sendable {
    /// The system gives no more threads.
    public struct Refused: Error, Hashable, Sendable {
        /// What pthread_create returned.
        public let code: Int32
    }

    /// What the new thread is to run, carried through C's untyped pointer.
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let thread: pthread_t

    /// Starts a thread that runs `body` once. `name` shows in `top -H`; the kernel keeps 15 bytes of it.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(Refused) -> SystemThread {
        var everySignal = sigset_t()
        var before = sigset_t()
        sigfillset(&everySignal)
        // A thread inherits the mask of the one that makes it.
        pthread_sigmask(SIG_SETMASK, &everySignal, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw Refused(code: code)
        }
        return SystemThread(thread: thread)
    }

    /// Waits until the body has returned. Blocks the calling thread.
    public func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread clean up after itself.
    public func detach() {
        pthread_detach(thread)
    }
}
