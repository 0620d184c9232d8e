import CLinux
import EventLoops
import Glibc

/// A connection from a listed load balancer, until its header has told whose it is. It reads the header and not a byte
/// more: what follows is the client's, and TLS reads the socket itself.
final class ProxyGreeting: IOHandler {
    /// How it ended.
    enum Ending {
        /// The connection goes on; nil when it is the balancer's own.
        case client(PeerAddress?)
        /// No header, or a wrong one, or not in time: nothing is said to whoever sent it.
        case refused
        /// The balancer left before it sent a byte, as it does to see whether the port is open; or the server drains.
        case left
    }

    let descriptor: CInt
    private let loop: EventLoop
    private let ended: (ProxyGreeting, Ending) -> Void
    private var bytes: [UInt8] = []
    private var timer: TimerID?
    private var isOver = false

    /// `ended` is called once. The descriptor is then off the loop, and the receiver's to use or close.
    init(_ descriptor: CInt, on loop: EventLoop, ended: @escaping (ProxyGreeting, Ending) -> Void) {
        self.descriptor = descriptor
        self.loop = loop
        self.ended = ended
    }

    /// Begins to read; the whole header must come within `milliseconds`.
    func start(within milliseconds: UInt64) throws(SystemError) {
        try loop.register(descriptor, .read, self)
        timer = loop.schedule(afterMilliseconds: milliseconds) { [self] in end(.refused) }
    }

    /// Ends it because the server goes down.
    func stop() {
        end(.left)
    }

    func ready(_ events: IOEvents) {
        do throws(ProxyFault) {
            while !isOver {
                let missing = try ProxyHeader.byteCount(startingWith: bytes) - bytes.count
                if missing > 0 {
                    guard receive(atMost: missing) else { return }
                } else if let header = try ProxyHeader(bytes) {
                    if case .client(let peer) = header.origin { end(.client(peer)) } else { end(.client(nil)) }
                }
            }
        } catch {
            end(.refused)
        }
    }

    /// False when there is nothing to read now, or never again.
    private func receive(atMost count: Int) -> Bool {
        var piece = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &piece, count, 0)
        if got > 0 {
            bytes += piece[..<got]
            return true
        }
        let error = linux_errno()
        if got < 0, error == EAGAIN || error == EINTR { return false }
        end(bytes.isEmpty ? .left : .refused)
        return false
    }

    private func end(_ ending: Ending) {
        guard !isOver else { return }
        isOver = true
        if let timer { loop.cancel(timer) }
        timer = nil
        loop.deregister(descriptor)
        ended(self, ending)
    }
}
