import EventLoops
import HTTPTypes

extension Connection {
    /// Reads from the channel and parses.
    func receive() {
        repeat {
            switch channel.read(into: UnsafeMutableRawBufferPointer(server.readBuffer)) {
            case .bytes(let count):
                let input = UnsafeMutableBufferPointer(rebasing: server.readBuffer[..<count])
                let used = parse(input.span)
                if phase.keepsInput { pending.append(input.span.extracting(used...)) }
                UnsafeMutableRawBufferPointer(input).wipe()
            case .wouldBlock: return waitForInput()
            case .ended, .failed: return close()
            }
        } while phase.isReading && pending.isEmpty && channel.hasBufferedInput
        if phase.isReading, !pending.isEmpty { readOnLater() }
        waitForInput()
    }

    /// The answer is out: reads the requests that came meanwhile, or waits for the next.
    func readOn() {
        if phase.isReading, !pending.isEmpty {
            var input = pending.take()
            input.read(parse)
            if phase.keepsInput { pending.putBack(input) }
            if phase.isReading, !pending.isEmpty { return readOnLater() }
        }
        guard phase.isReading else { return }
        if channel.hasBufferedInput { return receive() }
        isReadingPaused = false
        updateInterest()
        waitForInput()
    }

    /// Lets the loop turn to others before the rest of many pipelined requests.
    private func readOnLater() {
        loop.execute { [self] in readOn() }
    }

    /// Sets the time limit of what is being waited for, unless it runs already.
    private func waitForInput() {
        switch phase {
        case .idle where deadline.purpose != .idle: setDeadline(.idle, limits.idleMilliseconds)
        case .head where deadline.purpose != .head: setDeadline(.head, limits.headMilliseconds)
        case .body where deadline.purpose != .body:
            setDeadline(.body, bodyRate.begin(at: loop.nowNanoseconds, limits))
        default: break
        }
    }

    /// Parses until the input is used up, a request goes to the handler, or many have been answered without one;
    /// returns how much was used.
    private func parse(_ input: Span<UInt8>) -> Int {
        var used = 0
        rejectionsInTurn = 0
        while phase.isReading, rejectionsInTurn < ServerLimits.rejectionsPerTurn {
            let rest = input.extracting(used...)
            let (step, consumed) = parser.feed(rest)
            used += consumed
            switch step {
            case .needsMore:
                if phase == .idle, parser.isInsideHead { phase = .head }
                return used
            case .head(let head): begin(head, hasMoreInput: used < input.count)
            case .body(let range): take(rest.extracting(range))
            case .complete: complete()
            case .refused(let refusal): refuse(refusal)
            }
        }
        return used
    }

    private func begin(_ parsed: RequestHead, hasMoreInput: Bool) {
        var head = parsed
        head.peer = peer
        head.isSecure = channel.isSecure
        self.head = head
        phase = .body
        closesAfterAnswer = head.wantsClose || head.isHTTP10
        switch server.handler.admit(head) {
        case .accept(let bodyLimit):
            parser.bodyLimit = bodyLimit
            let announced = head.contentLength ?? 0
            if announced <= bodyLimit, !body.hasRoom(for: announced) { return refuse(.memoryShort) }
            guard head.expectsContinue, !hasMoreInput, head.contentLength != 0 else { return }
            guard announced <= bodyLimit else { return }
            transmit(ResponseEncoder.goOn)
        case .reject(let response):
            rejection = response
            parser.bodyLimit = limits.discardedBody
            // Who waits for a 100 gets the final answer instead; who announces much would send it for nothing.
            let isShort = head.contentLength.map { $0 <= limits.discardedBody } ?? false
            guard !isShort || head.expectsContinue && head.contentLength != 0 else { return }
            closesAfterAnswer = true
            answerRejected(with: response)
        }
    }

    private func take(_ bytes: Span<UInt8>) {
        bodyRate.count(bytes.count)
        guard rejection == nil else { return }
        guard body.hasRoom(for: bytes.count) else { return refuse(.memoryShort) }
        body.append(bytes, expected: head?.contentLength)
    }

    private func complete() {
        deadline.purpose = .none
        server.counters.requests.increment()
        if let rejection { return answerRejected(with: rejection) }
        guard let head else { return }
        phase = .answering
        request = Request(head, body: body.take())
        startHandler()
    }

    private func answerRejected(with response: Response) {
        deadline.purpose = .none
        rejectionsInTurn += 1
        sendWhole(response)
        finishAnswer()
    }

    /// Answers a request that cannot be read on, and closes.
    func refuse(_ refusal: ProtocolRefusal) {
        let response = answer(to: refusal)
        server.counters.countRefusal(refusal.status.code)
        closesAfterAnswer = true
        body.discard()
        parser.forget()
        deadline.purpose = .none
        sendWhole(response)
        finishAnswer()
    }

    /// The handler's words, and for a passing shortage when to come again.
    func answer(to refusal: ProtocolRefusal) -> Response {
        var response = server.handler.refuse(refusal)
        if refusal == .memoryShort { response.fields.set("Retry-After", String(ServerLimits.retryAfterSeconds)) }
        return response
    }
}
