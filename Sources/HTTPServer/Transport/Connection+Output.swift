import EventLoops
import HTTPTypes

extension Connection {
    /// Runs the handler in a task on the loop.
    func startHandler() {
        server.handlerStarted()
        task = loop.task { [self] in
            if let response = await handled() { await answer(with: response) }
            server.handlerEnded()
        }
    }

    /// The request lives no longer than the handler: its body is wiped before a stream begins.
    private func handled() async -> Response? {
        guard let request = takeRequest() else { return nil }
        return await server.handler.handle(request)
    }

    private func takeRequest() -> Request? {
        defer { request = nil }
        return request
    }

    private func answer(with response: Response) async {
        guard phase == .answering else { return }
        switch response.content {
        case _ where response.status.hasNoContent: sendAndReadOn(response)
        case .bytes: sendAndReadOn(response)
        case .stream(let contentType, let produce):
            await answer(response, contentType: contentType, isEvents: false) { try await produce(BodyWriter($0)) }
        case .events(let produce):
            await answer(response, contentType: "text/event-stream", isEvents: true) {
                try await produce(EventWriter($0))
            }
        }
    }

    private func sendAndReadOn(_ response: Response) {
        sendWhole(response)
        finishAnswer()
        readOn()
    }

    /// Sends head and body. Streams cannot be sent from here; of them only the head goes out. A long body for which the
    /// memory of unsent bytes is short becomes a 503: peers that ask and do not read must not fill the process.
    func sendWhole(_ whole: Response) {
        var response = whole
        if case .bytes(let content) = whole.content, content.count > ServerLimits.joinedBody, head?.method != .head,
            !server.budget.unsent.hasRoom(for: content.count)
        {
            server.counters.countRefusal(ProtocolRefusal.memoryShort.status.code)
            closesAfterAnswer = true
            response = answer(to: .memoryShort)
        }
        if server.isDraining { closesAfterAnswer = true }
        var bytes: [UInt8] = []
        if case .bytes(let content) = response.content { bytes = content }
        let isHead = head?.method == .head
        let framing: ResponseEncoder.Framing = response.status.hasNoContent ? .none : .length(bytes.count)
        if isHead || response.status.hasNoContent { bytes = [] }
        let joined = min(bytes.count, ServerLimits.joinedBody)
        server.scratch.removeAll(keepingCapacity: true)
        ResponseEncoder.append(
            response.status, response.fields, framing, closes: closesAfterAnswer, to: &server.scratch)
        server.scratch.append(contentsOf: bytes[..<joined])
        transmit(server.scratch)
        if joined < bytes.count { transmit(bytes[joined...]) }
    }

    /// The answer is complete, if not yet sent.
    func finishAnswer() {
        guard phase != .closed else { return }
        task = nil
        stream = nil
        head = nil
        rejection = nil
        if closesAfterAnswer {
            beginClosing()
        } else {
            phase = output.isEmpty ? .idle : .flushing
        }
    }

    /// Sends bytes now, or keeps what the socket does not take. Closes the connection when it is broken.
    func transmit(_ bytes: some Collection<UInt8>) {
        _ = bytes.withContiguousStorageIfAvailable { transmit(UnsafeRawBufferPointer($0)) }
    }

    private func transmit(_ bytes: UnsafeRawBufferPointer) {
        guard phase != .closed, !bytes.isEmpty else { return }
        guard output.isEmpty else { return output.append(bytes) }
        var sent = 0
        while sent < min(bytes.count, ServerLimits.bytesPerTurn) {
            switch channel.write(UnsafeRawBufferPointer(rebasing: bytes[sent...])) {
            case .bytes(let count): sent += count
            case .wouldBlock: return queue(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            case .ended, .failed: return close()
            }
        }
        if sent < bytes.count { queue(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    }

    private func queue(_ bytes: UnsafeRawBufferPointer) {
        output.append(bytes)
        setDeadline(.write, limits.writeStallMilliseconds)
        setWantsWrite(true)
    }

    /// The socket takes bytes again.
    func flush() {
        var sent = 0
        while !output.isEmpty {
            // The loop comes back at once while the socket takes more.
            guard sent < ServerLimits.bytesPerTurn else { return }
            switch output.withBytes(channel.write) {
            case .bytes(let count):
                sent += count
                output.drop(count)
                setDeadline(.write, limits.writeStallMilliseconds)
            case .wouldBlock:
                stream?.outputChanged()
                return
            case .ended, .failed: return close()
            }
        }
        deadline.purpose = .none
        setWantsWrite(false)
        switch phase {
        case .answering: stream?.outputChanged()
        case .flushing:
            phase = .idle
            readOn()
        case .closing: beginLingering()
        default: break
        }
    }
}
