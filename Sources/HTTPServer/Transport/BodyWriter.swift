public import HTTPTypes

/// Writes a streamed body.
public final class BodyWriter: Sendable {
    private let stream: ResponseStream

    init(_ stream: ResponseStream) {
        self.stream = stream
    }

    /// Sends a piece of the body. Returns when less than 64 KiB is unsent; once that much waited, not before 16 KiB is
    /// left, so that a slow reader suspends its producer and bounds the memory. Throws `CancellationError` once the
    /// peer has left or the task is cancelled. Any thread; cheapest on the request's own task.
    public func write(_ bytes: [UInt8]) async throws {
        try await stream.send(bytes)
    }
}

/// Writes an event stream.
public final class EventWriter: Sendable {
    private let stream: ResponseStream

    init(_ stream: ResponseStream) {
        self.stream = stream
    }

    /// Sends one event at once. Suspends as `BodyWriter.write` does, and throws `CancellationError` once the peer has
    /// left or the task is cancelled.
    public func send(_ event: ServerSentEvent) async throws {
        try await stream.send(event.wireBytes)
    }
}
