import CLinux
import EventLoops
import Glibc
import HTTPTypes

/// One connection: reads requests, has them handled one after another, writes the answers in order.
///
/// Phases and what may follow them:
/// - `handshake` (TLS): `head`, `closed`
/// - `idle` between requests: `head` with the first byte, or straight to `answering` when a request comes whole
/// - `head`, `body` while a request arrives: `answering`; `closing` after a refusal
/// - `answering` while the handler's task runs: `idle`, `flushing`, `closing`
/// - `flushing` while the last of an answer waits for the socket: `idle`
/// - `closing` while a final answer waits for the socket: `lingering`
/// - `lingering` with our side shut, so that the peer can read the answer before it sees a reset: `closed`
final class Connection: IOHandler, @unchecked Sendable {  // proof: used on its loop's thread alone; its tasks run there
    enum Phase {
        case handshake
        case idle
        case head
        case body
        case answering
        case flushing
        case closing
        case lingering
        case closed

        /// Whether input is parsed now.
        var isReading: Bool {
            switch self {
            case .idle, .head, .body: true
            default: false
            }
        }

        /// Whether input that cannot be parsed now is to be parsed later.
        var keepsInput: Bool {
            switch self {
            case .idle, .head, .body, .answering, .flushing: true
            default: false
            }
        }
    }

    let server: ServerLoop
    let channel: any ByteChannel
    let peer: PeerAddress
    let descriptor: CInt

    var phase: Phase
    var parser: RequestParser
    var pending = PendingInput()
    var output: OutputBuffer
    var deadline = Deadline()

    /// The request being read or answered.
    var head: RequestHead?
    var body: BodyBuffer
    var bodyRate = BodyRate()
    /// The answer to a request whose head was rejected, while its body is read past.
    var rejection: Response?
    var rejectionsInTurn = 0
    var request: Request?
    var task: Task<Void, Never>?
    var stream: ResponseStream?
    var closesAfterAnswer = false
    private var droppedBytes = 0

    /// The peer has ended its side; told once, then no longer asked for, or the loop would spin.
    var peerHasEnded = false
    var isReadingPaused = false
    private var wantsWrite = false
    private var interest: IOInterest

    var loop: EventLoop { server.loop }
    var limits: ServerLimits { server.limits }

    init(_ server: ServerLoop, _ channel: any ByteChannel, descriptor: CInt, peer: PeerAddress) {
        self.server = server
        self.channel = channel
        self.descriptor = descriptor
        self.peer = peer
        phase = channel.isSecure ? .handshake : .head
        parser = RequestParser(limits: server.limits.parser)
        output = OutputBuffer(server.budget.unsent)
        body = BodyBuffer(server.budget.bodies)
        interest = channel.isSecure ? .read : [.read, .peerClosed]
    }

    /// Begins to read. A new connection counts as being inside a head: it has that long to send one.
    func start() throws(SystemError) {
        try loop.register(descriptor, interest, self)
        setDeadline(.head, limits.headMilliseconds)
    }

    func ready(_ events: IOEvents) {
        switch phase {
        case .closed: break
        case .handshake: advanceHandshake()
        case .lingering: readAndDrop()
        case .idle, .head, .body:
            if events.contains(.write) { flush() }
            // With input pending the rest of it comes first; the socket's turn follows.
            guard phase.isReading, pending.isEmpty else { return }
            if !events.isDisjoint(with: [.read, .peerClosed, .hangUp, .error]) { receive() }
        case .answering, .flushing, .closing:
            if !events.isDisjoint(with: [.hangUp, .error]) { return close() }
            if events.contains(.write) { flush() }
            if !events.isDisjoint(with: [.read, .peerClosed]) { inputArrived(peerEnded: events.contains(.peerClosed)) }
        }
    }

    /// The peer's first bytes make a key, so that the room for it is looked at here: thousands of silent connections
    /// may have been accepted while there was plenty.
    private func advanceHandshake() {
        guard !server.lockedHeap.isFull else {
            server.counters.countRefusal(503)
            return close()
        }
        switch channel.handshake() {
        case .complete:
            phase = .head
            wantsWrite = false
            updateInterest()
            receive()
        case .wantsRead:
            wantsWrite = false
            updateInterest()
        case .wantsWrite:
            wantsWrite = true
            updateInterest()
        case .failed: close()
        }
    }

    /// Input during an answer. The peer's end means that it has left, unless it sent further requests before: then it
    /// is answered to the end. One read is kept of those; what is behind them stays in the socket.
    private func inputArrived(peerEnded: Bool) {
        if phase == .answering, pending.isEmpty {
            let buffer = UnsafeMutableRawBufferPointer(server.readBuffer)
            switch channel.read(into: buffer) {
            case .bytes(let count):
                pending.append(UnsafeMutableBufferPointer(rebasing: server.readBuffer[..<count]).span)
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).wipe()
            case .wouldBlock where !peerEnded: return
            case .wouldBlock, .ended, .failed: return close()
            }
        }
        guard phase == .answering || phase == .flushing || phase == .closing else { return }
        peerHasEnded = peerHasEnded || peerEnded
        pauseReading()
    }

    func pauseReading() {
        guard phase != .closed else { return }
        isReadingPaused = true
        updateInterest()
    }

    func setWantsWrite(_ wants: Bool) {
        wantsWrite = wants
        updateInterest()
    }

    /// Tells the loop what is of interest now; free of cost when nothing has changed.
    func updateInterest() {
        var wanted: IOInterest = []
        if !isReadingPaused { wanted.insert(.read) }
        if wantsWrite { wanted.insert(.write) }
        if !peerHasEnded, phase != .handshake, phase != .lingering { wanted.insert(.peerClosed) }
        guard wanted != interest, phase != .closed else { return }
        interest = wanted
        do {
            try loop.update(descriptor, wanted)
        } catch {
            close()
        }
    }

    // MARK: Ending

    /// The last answer is written or queued: sends what is left, then shuts our side and waits a little for the peer's,
    /// for closing with unread input resets the connection and may destroy the answer under way.
    func beginClosing() {
        guard phase != .closed, phase != .lingering else { return }
        phase = .closing
        deadline.purpose = output.isEmpty ? .none : deadline.purpose
        pending.wipe()
        if output.isEmpty { beginLingering() } else { pauseReading() }
    }

    func beginLingering() {
        channel.endOutput()
        phase = .lingering
        isReadingPaused = false
        wantsWrite = false
        updateInterest()
        guard phase == .lingering else { return }
        setDeadline(.linger, limits.lingerMilliseconds)
    }

    private func readAndDrop() {
        let buffer = UnsafeMutableRawBufferPointer(server.readBuffer)
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count < 0, linux_errno() == EAGAIN { return }
        guard count > 0 else { return close() }
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).wipe()
        droppedBytes += count
        if droppedBytes > limits.lingerBytes { close() }
    }

    /// Closes at once. The handler's task is cancelled, its writers throw, all input is wiped.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        cancelDeadline()
        loop.deregister(descriptor)
        channel.close()
        Glibc.close(descriptor)
        task?.cancel()
        task = nil
        stream?.peerHasLeft()
        stream = nil
        request = nil
        head = nil
        rejection = nil
        body.discard()
        parser.forget()
        pending.wipe()
        output.removeAll()
        server.remove(self)
    }
}
