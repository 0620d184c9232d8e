import CLinux
import EventLoops
import Glibc

/// Accepts connections on one loop.
final class Listener: IOHandler {
    private let descriptor: CInt
    private let loop: EventLoop
    private let accepted: (CInt, PeerAddress) -> Void
    private var isStopped = false

    init(_ socket: ListeningSocket, on loop: EventLoop, accepted: @escaping (CInt, PeerAddress) -> Void) {
        descriptor = socket.descriptor
        self.loop = loop
        self.accepted = accepted
    }

    func start() throws(SystemError) {
        try loop.register(descriptor, .read, self)
    }

    /// Closes the socket. Connections that the kernel had queued are reset.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        loop.deregister(descriptor)
        close(descriptor)
    }

    func ready(_ events: IOEvents) {
        for _ in 0..<ServerLimits.acceptsPerTurn {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let connection = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { linux_accept(descriptor, $0, &length) }
            }
            if connection >= 0 {
                accepted(connection, PeerAddress(storage))
                continue
            }
            switch linux_errno() {
            case EAGAIN: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause()
            // The connection's own errors (accept(2) passes them on): the next one may be well.
            default: continue
            }
        }
    }

    /// Without descriptors the waiting connection stays readable and would keep the loop spinning.
    private func pause() {
        set([])
        _ = loop.schedule(afterMilliseconds: ServerLimits.acceptPauseMilliseconds) { [self] in set(.read) }
    }

    private func set(_ interest: IOInterest) {
        guard !isStopped else { return }
        // A registered descriptor can only be refused for lack of memory; then the next pause or connection tries
        // again.
        try? loop.update(descriptor, interest)
    }
}
