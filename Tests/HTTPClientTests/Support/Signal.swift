import Foundation
import Testing

/// Values that a server's thread hands to a test, or a test to a server's thread.
struct Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation
    private let semaphore = DispatchSemaphore(value: 0)

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// From anywhere.
    func send(_ value: Value) {
        continuation.yield(value)
        semaphore.signal()
    }

    /// The next value, for a test.
    func next() async throws -> Value {
        var values = stream.makeAsyncIterator()
        return try #require(await values.next())
    }

    /// Waits for the next value, on a server's thread. Gives up after 60 s, so that a failed test ends.
    func wait() {
        _ = semaphore.wait(timeout: .now() + 60)
    }
}
