import CLinux
import Glibc

/// Delivers signals as calls on a loop, by signalfd(2): no work is ever done inside a signal handler.
public final class SignalWatcher: Sendable {
    /// What asks a server to end (SIGTERM, SIGINT) or to read its configuration again (SIGHUP).
    public static let standard: [CInt] = [SIGTERM, SIGINT, SIGHUP]

    private let loop: EventLoop
    private let descriptor: CInt

    /// Blocks `signals` in the calling thread and all threads started after it. Call it first thing in `main`: a thread
    /// that does not block a signal would take it with its default action, which for SIGTERM ends the process.
    public static func block(_ signals: [CInt] = SignalWatcher.standard) {
        var set = SignalWatcher.set(of: signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `handler` on `loop` with the number of each of `signals` that arrives, until `stop()`. The signals must be
    /// blocked in every thread (see `block`). Throws when the kernel refuses a descriptor.
    public static func start(
        _ signals: [CInt] = SignalWatcher.standard, on loop: EventLoop, handler: @escaping @Sendable (CInt) -> Void
    ) async throws -> SignalWatcher {
        var set = SignalWatcher.set(of: signals)
        let descriptor = signalfd(-1, &set, CInt(SFD_NONBLOCK) | CInt(SFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError.last("signalfd") }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.execute {
                do {
                    try loop.register(descriptor, .read, SignalReader(descriptor, handler))
                    continuation.resume()
                } catch {
                    close(descriptor)
                    continuation.resume(throwing: error)
                }
            }
        }
        return SignalWatcher(loop, descriptor)
    }

    private init(_ loop: EventLoop, _ descriptor: CInt) {
        self.loop = loop
        self.descriptor = descriptor
    }

    /// Ends the delivery; call it once. Signals stay blocked.
    public func stop() {
        loop.execute { [loop, descriptor] in
            loop.deregister(descriptor)
            close(descriptor)
        }
    }

    private static func set(of signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}

private final class SignalReader: IOHandler {
    private let descriptor: CInt
    private let handler: @Sendable (CInt) -> Void

    init(_ descriptor: CInt, _ handler: @escaping @Sendable (CInt) -> Void) {
        self.descriptor = descriptor
        self.handler = handler
    }

    func ready(_ events: IOEvents) {
        var info = signalfd_siginfo()
        while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
            handler(CInt(info.ssi_signo))
        }
    }
}
