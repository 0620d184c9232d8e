import EventLoops
import HTTPTypes

extension Connection {
    /// Sends a streamed answer: head, then what `produce` writes, then the end; or a visible break when it throws.
    func answer(
        _ response: Response, contentType: String, isEvents: Bool,
        _ produce: (ResponseStream) async throws -> Void
    ) async {
        guard let head else { return }
        let framing: ResponseEncoder.Framing = head.isHTTP10 ? .untilClose : .chunked
        if server.isDraining { closesAfterAnswer = true }
        var fields = response.fields
        fields.set("Content-Type", contentType)
        if isEvents {
            fields.set("Cache-Control", "no-store")
            fields.set("X-Accel-Buffering", "no")
        }
        server.scratch.removeAll(keepingCapacity: true)
        ResponseEncoder.append(response.status, fields, framing, closes: closesAfterAnswer, to: &server.scratch)
        transmit(server.scratch)
        guard phase == .answering else { return }
        guard head.method != .head else {
            finishAnswer()
            return readOn()
        }
        let stream = ResponseStream(self, isChunked: !head.isHTTP10, isEvents: isEvents)
        self.stream = stream
        server.counters.openStreams.increment()
        stream.outputChanged()
        do {
            try await produce(stream)
            stream.finish()
        } catch {
            stream.breakOff()
        }
        server.counters.openStreams.decrement()
    }
}
