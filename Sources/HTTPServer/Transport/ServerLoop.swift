import CLinux
import EventLoops
import Glibc
import Primitives
import Synchronization

/// One loop's share of a server: its listener, its connections, the buffers that they share.
final class ServerLoop: @unchecked Sendable {  // proof: used on the loop's thread alone; every entry goes there
    let loop: EventLoop
    let limits: ServerLimits
    let handler: any RequestHandler
    let counters: ServerCounters
    let budget: MemoryBudget
    /// Every connection reads into this; nothing stays in it between two callbacks, and what was in it is wiped.
    let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: ServerLimits.readBytes)
    /// Where answers are put together.
    var scratch: [UInt8] = []
    private(set) var isDraining = false

    private let caps: ConnectionCaps
    private let tls: TLSStore?
    let lockedHeap: LockedHeap
    private var listener: Listener?
    private let proxies: [CIDR]
    private var greetings: [CInt: ProxyGreeting] = [:]
    private var connections: [CInt: Connection] = [:]
    private var runningHandlers = 0
    /// Who waits for the drain to end.
    private var drainWaiters: [CheckedContinuation<Void, Never>] = []
    private var drainTimer: TimerID?

    init(
        _ loop: EventLoop, _ configuration: ServerConfiguration, tls: TLSStore?, handler: any RequestHandler,
        counters: ServerCounters, caps: ConnectionCaps, budget: MemoryBudget
    ) {
        self.loop = loop
        self.tls = tls
        self.handler = handler
        self.counters = counters
        self.caps = caps
        self.budget = budget
        limits = configuration.limits
        proxies = configuration.proxies
        lockedHeap = LockedHeap(bytes: configuration.limits.lockedHeapBytes)
        readBuffer.initialize(repeating: 0)
    }

    deinit {
        readBuffer.deallocate()
    }

    /// Binds and begins to accept; returns the port.
    func listen(address: String, port: UInt16, claim: ListeningSocket.Claim) async throws -> UInt16 {
        try await withCheckedThrowingContinuation { continuation in
            loop.execute { [self] in
                do {
                    let socket = try ListeningSocket(address: address, port: port, claim: claim)
                    try accept(from: socket)
                    continuation.resume(returning: socket.port)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func accept(from socket: ListeningSocket) throws(SystemError) {
        let listener = Listener(socket, on: loop) { [self] descriptor, peer in accept(descriptor, peer) }
        do {
            try listener.start()
        } catch {
            listener.stop()
            throw error
        }
        self.listener = listener
    }

    private func accept(_ descriptor: CInt, _ peer: PeerAddress) {
        counters.accepted.increment()
        if proxies.contains(where: { $0.contains(peer.address) }) {
            greet(descriptor, peer)
        } else {
            open(descriptor, peer)
        }
    }

    /// A listed load balancer's connection: it tells whose it is before anything else, TLS included.
    private func greet(_ descriptor: CInt, _ balancer: PeerAddress) {
        guard caps.admitUnknown() else { return refuse(descriptor) }
        counters.openConnections.increment()
        let greeting = ProxyGreeting(descriptor, on: loop) { [self] greeting, ending in
            greetings.removeValue(forKey: greeting.descriptor)
            counters.openConnections.decrement()
            caps.releaseUnknown()
            if case .client(let client) = ending { return open(greeting.descriptor, client ?? balancer) }
            if case .refused = ending { counters.proxyRefusals.increment() }
            close(greeting.descriptor)
        }
        greetings[descriptor] = greeting
        do {
            try greeting.start(within: limits.headMilliseconds)
        } catch {
            greeting.stop()
        }
    }

    private func open(_ descriptor: CInt, _ peer: PeerAddress) {
        if tls != nil, lockedHeap.isFull { return refuse(descriptor) }
        guard caps.admit(peer) else { return refuse(descriptor) }
        guard let channel = channel(descriptor) else {
            caps.release(peer)
            close(descriptor)
            return
        }
        let connection = Connection(self, channel, descriptor: descriptor, peer: peer)
        connections[descriptor] = connection
        counters.openConnections.increment()
        do {
            try connection.start()
        } catch {
            connection.close()
        }
    }

    private func channel(_ descriptor: CInt) -> (any ByteChannel)? {
        guard let tls else { return PlainChannel(descriptor) }
        return TLSChannel(tls.context, descriptor)
    }

    /// Above a cap, or without room for another TLS key: the shortest answer there is, in one call, and no
    /// resources; under TLS none at all. A peer that is still sending may see a reset instead.
    private func refuse(_ descriptor: CInt) {
        counters.countRefusal(503)
        if tls == nil {
            _ = ServerLoop.tooManyConnections.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            shutdown(descriptor, CInt(SHUT_WR))
        }
        close(descriptor)
    }

    private static let tooManyConnections: [UInt8] = Array(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n".utf8)

    /// A connection has closed.
    func remove(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.descriptor) != nil else { return }
        counters.openConnections.decrement()
        caps.release(connection.peer)
        reportDrained()
    }

    func handlerStarted() {
        runningHandlers += 1
    }

    func handlerEnded() {
        runningHandlers -= 1
        reportDrained()
    }

    // MARK: Draining

    /// Stops accepting, lets running requests end, cancels them when the time is up. Returns when all connections are
    /// closed and all handlers have ended, or when cancelled handlers do not end within `settleMilliseconds`.
    func drain(withinMilliseconds milliseconds: UInt64) async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                drainWaiters.append(continuation)
                beginDrain(milliseconds)
            }
        }
    }

    private func beginDrain(_ milliseconds: UInt64) {
        isDraining = true
        listener?.stop()
        listener = nil
        for greeting in Array(greetings.values) { greeting.stop() }
        for connection in Array(connections.values) { connection.drain() }
        reportDrained()
        guard !drainWaiters.isEmpty else { return }
        if let drainTimer { loop.cancel(drainTimer) }
        drainTimer = loop.schedule(afterMilliseconds: milliseconds) { [self] in cut() }
    }

    /// The time is up: cancels what still runs, and closes it when it has had time to settle.
    private func cut() {
        drainTimer = loop.schedule(afterMilliseconds: limits.settleMilliseconds) { [self] in
            for connection in Array(connections.values) { connection.close() }
            endDrain()
        }
        for connection in Array(connections.values) { connection.cut() }
    }

    private func reportDrained() {
        guard isDraining, connections.isEmpty, runningHandlers == 0 else { return }
        endDrain()
    }

    private func endDrain() {
        if let drainTimer { loop.cancel(drainTimer) }
        drainTimer = nil
        let waiters = drainWaiters
        drainWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
