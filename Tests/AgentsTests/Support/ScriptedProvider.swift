import Synchronization

@testable import Agents

/// A provider whose every word the test says.
final class ScriptedProvider: ProviderPort {
    private enum Reply: Sendable {
        case refusal(ProviderRefusal)
        case answer(ScriptedAnswer)
    }

    private let replies = Mutex<[Reply]>([])
    private let received = Mutex<[AnthropicRequest]>([])
    /// Called in `send`, before the reply.
    let onSend: @Sendable (AnthropicRequest) async -> Void

    init(onSend: @escaping @Sendable (AnthropicRequest) async -> Void = { _ in }) {
        self.onSend = onSend
    }

    /// The requests that came.
    var requests: [AnthropicRequest] { received.withLock { $0 } }

    /// The next call is refused.
    func refuse(_ refusal: ProviderRefusal) {
        replies.withLock { $0.append(.refusal(refusal)) }
    }

    /// The next call is answered by what the test says to the answer.
    func answer() -> ScriptedAnswer {
        let answer = ScriptedAnswer()
        replies.withLock { $0.append(.answer(answer)) }
        return answer
    }

    /// The next call is answered so, at once.
    @discardableResult
    func answer(_ events: [ProviderEvent]) -> ScriptedAnswer {
        let answer = answer()
        answer.say(events)
        return answer
    }

    func send(_ request: AnthropicRequest, key: PassedKey) async throws(ProviderRefusal) -> any ProviderAnswer {
        _ = key.take()
        received.withLock { $0.append(request) }
        await onSend(request)
        if Task.isCancelled { throw .cancelled }
        switch replies.withLock({ $0.isEmpty ? .refusal(.unavailable) : $0.removeFirst() }) {
        case .refusal(let refusal): throw refusal
        case .answer(let answer): return answer
        }
    }
}

/// An answer the test writes while it is read.
actor ScriptedAnswer: ProviderAnswer {
    private var iterator: AsyncStream<[ProviderEvent]>.Iterator?
    private nonisolated let words: AsyncStream<[ProviderEvent]>.Continuation
    /// Yields once, when the provider is told to stop or its answer is let go.
    nonisolated let stopped: AsyncStream<Void>

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: [ProviderEvent].self)
        let (stopped, stop) = AsyncStream.makeStream(of: Void.self)
        continuation.onTermination = {
            if case .cancelled = $0 { stop.yield() }
            stop.finish()
        }
        iterator = stream.makeAsyncIterator()
        words = continuation
        self.stopped = stopped
    }

    nonisolated func say(_ events: [ProviderEvent]) {
        words.yield(events)
    }

    nonisolated func end() {
        words.finish()
    }

    func next() async -> [ProviderEvent] {
        guard var iterator else { return [] }
        self.iterator = nil
        let events = await iterator.next(isolation: self)
        if Task.isCancelled { words.finish() } else { self.iterator = iterator }
        return events ?? (Task.isCancelled ? [.failed(.cut)] : [])
    }

    func stop() {
        iterator = nil
    }
}
