import CCurl
import EventLoops

/// One request under way: what libcurl's callbacks find, and the request's timer. Lives on its loop.
final class Transfer {
    private(set) var plan: RequestPlan
    let channel: ResponseChannel
    let easy: EasyHandle

    private let loop: EventLoop
    private let policy: EgressPolicy
    private let connections: ConnectionTable
    private var lines: HeaderLines
    private let whenLate: (Transfer, TimeLimit) -> Void
    private var parser: ResponseHeadParser
    private var deadlines: TransferDeadlines
    private var timer: (id: TimerID, at: UInt64)?
    private var bodyPosition = 0
    private var hasHead = false
    /// Set for a body over TLS that ends with its connection.
    private var tlsEnding: TLSEnding?
    private var needsTLSEnding = false
    private var wasSent = false
    private var refusedAddresses = 0
    private var triedAddresses = 0
    /// Why the transfer was broken off from within a callback; goes before libcurl's own reason.
    private var fault: HTTPClientError?
    /// The pooled connection was dead before anything was sent on it.
    private(set) var needsOtherConnection = false

    /// A transfer ready to be handed to libcurl. `whenLate` is called when a time limit has passed.
    init(
        _ plan: RequestPlan, _ channel: ResponseChannel, settings: EngineSettings, connections: ConnectionTable,
        loop: EventLoop, whenLate: @escaping (Transfer, TimeLimit) -> Void
    ) throws(HTTPClientError) {
        let limits = plan.request.limits
        self.plan = plan
        self.channel = channel
        self.loop = loop
        self.connections = connections
        self.whenLate = whenLate
        policy = settings.policy
        parser = ResponseHeadParser(byteLimit: limits.headBytes, fieldLimit: limits.headFields)
        deadlines = TransferDeadlines(limits, now: loop.nowNanoseconds)
        lines = try HeaderLines(plan.request)
        easy = try EasyHandle()
        do throws(HTTPClientError) {
            try easy.configure(plan, settings, lines: lines.list)
            try connectCallbacks()
        } catch {
            easy.close()
            throw error
        }
        arm()
    }

    /// Frees what libcurl holds for the transfer. It must have left the multi handle.
    func close() {
        disarm()
        easy.close()
    }

    /// How the transfer ended, from libcurl's result.
    func ending(_ code: CURLcode) -> ResponseFlow.Ending {
        if let fault { return .failed(fault) }
        if code == CURLE_OK && needsTLSEnding && tlsEnding?.hasCome != true { return .failed(.cut) }
        let outcome = TransferOutcome(
            code: code, hasHead: hasHead, systemError: CInt(truncatingIfNeeded: easy.number(CURLINFO_OS_ERRNO)),
            verification: easy.number(CURLINFO_SSL_VERIFYRESULT), refusedAddresses: refusedAddresses,
            triedAddresses: triedAddresses)
        return outcome.ending
    }

    /// Prepares a second start on a connection of its own.
    func restart() throws(HTTPClientError) {
        needsOtherConnection = false
        bodyPosition = 0
        deadlines.disconnected()
        arm()
        try easy.set(CURLOPT_FRESH_CONNECT, 1)
    }

    /// The reader has caught up: reads on. Returns libcurl's result.
    func resume() -> CURLcode {
        deadlines.received(now: loop.nowNanoseconds)
        arm()
        return curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
    }
}

// What libcurl's callbacks report.
extension Transfer {
    /// An address is about to be connected to. Returns the socket, or CURL_SOCKET_BAD when it may not be.
    func open(_ request: curl_sockaddr, at address: UnsafeRawPointer) -> CInt {
        guard let target = SocketAddress(address, length: Int(request.addrlen)), policy.permits(target) else {
            refusedAddresses += 1
            return CURL_SOCKET_BAD
        }
        triedAddresses += 1
        return connections.open(request.family, request.socktype, request.protocol)
    }

    /// A connection is ready and the request about to be sent. Returns whether it may be.
    func connectionIsReady(_ ends: ConnectionTable.Ends?) -> Bool {
        if wasSent && !plan.isRepeatable {
            fault = .cut
            return false
        }
        if easy.number(CURLINFO_NUM_CONNECTS) > 0 {
            connections.learn()
        } else if connections.isStale(ends) {
            needsOtherConnection = true
            return false
        }
        wasSent = true
        deadlines.connected(now: loop.nowNanoseconds)
        arm()
        return true
    }

    /// Gives the next bytes of the request's body.
    func upload(into room: UnsafeMutableRawBufferPointer) -> Int {
        deadlines.sent(now: loop.nowNanoseconds)
        let body = plan.request.body
        let count = min(room.count, body.count - bodyPosition)
        room.copyBytes(from: body[bodyPosition..<bodyPosition + count])
        bodyPosition += count
        return count
    }

    /// Goes back to `offset` in the request's body, to send it again.
    func seek(to offset: Int) -> Bool {
        guard (0...plan.request.body.count).contains(offset) else { return false }
        bodyPosition = offset
        return true
    }

    /// Takes a line of the head. Returns false to break the transfer off.
    func take(line: UnsafeRawBufferPointer) -> Bool {
        switch parser.take(line) {
        case .more: break
        case .head(let head):
            hasHead = true
            forgetSecrets()
            if plan.target.isSecure && head.bodyEndsWithConnection(after: plan.request.method) {
                needsTLSEnding = true
                tlsEnding = TLSEnding(of: easy)
            }
            deadlines.received(now: loop.nowNanoseconds)
            arm()
            channel.receive(head)
        case .refused(let error):
            fault = error
            return false
        }
        return true
    }

    /// An answer has begun, so the request is over: no part of it is read again. An answer may stream for half an hour,
    /// and a secret that was sent need not lie anywhere for so long.
    private func forgetSecrets() {
        lines.wipeSecrets()
        plan.dropSecrets()
    }

    /// Takes bytes of the response's body.
    func take(body: UnsafeRawBufferPointer) -> ResponseFlow.Receipt {
        let receipt = channel.receive(body)
        switch receipt {
        case .taken:
            deadlines.received(now: loop.nowNanoseconds)
            arm()
        case .hold: deadlines.hold()
        case .refused: fault = .tooLarge
        }
        return receipt
    }
}

// The one timer, set to the earliest limit. A limit that moves away is found out when the timer fires.
extension Transfer {
    private func arm() {
        guard let next = deadlines.next else { return }
        if let timer {
            guard next < timer.at else { return }
            loop.cancel(timer.id)
        }
        let now = loop.nowNanoseconds
        let wait = next > now ? (next - now) / 1_000_000 + 1 : 0
        let id = loop.schedule(afterMilliseconds: wait) { [self] in fire() }
        timer = (id, next)
    }

    private func disarm() {
        if let timer { loop.cancel(timer.id) }
        timer = nil
    }

    private func fire() {
        timer = nil
        if let limit = deadlines.expired(now: loop.nowNanoseconds) {
            whenLate(self, limit)
        } else {
            arm()
        }
    }
}
