import HTTPClient

/// An answer of the Anthropic Messages API as it comes over HTTP. One reader.
actor AnthropicAnswer: ProviderAnswer {
    /// Nil once stopped: letting go of it closes the connection.
    private var body: ClientBody.Iterator?
    private var stream = AnthropicStream()
    /// What came with the first event.
    private var ahead: [ProviderEvent] = []

    init(_ body: ClientBody) {
        self.body = body.makeAsyncIterator()
    }

    /// Waits for the first event. Returns the fault if the answer failed instead of starting.
    func begin() async -> ProviderFault? {
        ahead = await read()
        if case .failed(let fault)? = ahead.first { return fault }
        return nil
    }

    func next() async -> [ProviderEvent] {
        guard ahead.isEmpty else {
            defer { ahead = [] }
            return ahead
        }
        return await read()
    }

    func stop() {
        body = nil
    }

    /// Reads until there is at least one event, or nothing more to come.
    private func read() async -> [ProviderEvent] {
        while let body {
            var events: [ProviderEvent]
            do throws(HTTPClientError) {
                if let bytes = try await body.next(isolation: self) {
                    events = stream.feed(bytes)
                } else {
                    events = stream.end()
                }
            } catch {
                events = stream.fail(ProviderFault(error))
            }
            if stream.hasEnded { self.body = nil }
            if !events.isEmpty { return events }
        }
        return []
    }
}

extension ProviderFault {
    /// The fault for a body that ended early.
    init(_ error: HTTPClientError) {
        switch error {
        case .timedOut(.idle): self = .stalled
        case .timedOut(.total): self = .timeLimit
        case .tooLarge, .malformedResponse: self = .malformed
        default: self = .cut
        }
    }
}
