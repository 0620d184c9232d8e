import CLinux
import Glibc

extension Connection {
    /// The server is going down: an idle connection closes at once, one with a request closes after its answer.
    func drain() {
        closesAfterAnswer = true
        switch phase {
        case .idle, .handshake: close()
        case .head where !parser.isInsideHead: close()
        default: break
        }
    }

    /// The server's time is up: a running handler is cancelled and may still end its answer; all else closes.
    func cut() {
        if phase == .answering, let task {
            task.cancel()
        } else {
            close()
        }
    }

    /// Ends a streamed answer so that the peer sees that it is not whole. In chunks the missing last chunk tells it;
    /// a body that ends with the connection needs a reset.
    func breakOff(isVisible: Bool) {
        if !isVisible {
            var reset = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
            return close()
        }
        task = nil
        stream = nil
        beginClosing()
    }
}
