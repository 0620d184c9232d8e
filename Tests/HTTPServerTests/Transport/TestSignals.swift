import Synchronization
import Testing

/// Something that a test waits for and code elsewhere reports.
final class Reports<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Value.self)
    }

    func report(_ value: Value) {
        continuation.yield(value)
    }

    /// The next report.
    func next() async -> Value? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }
}

/// A door that opens once.
final class Gate: Sendable {
    private let reports = Reports<Void>()

    func open() { reports.report(()) }
    func wait() async { _ = await reports.next() }
}

/// Waits until something becomes true that no one reports, such as a counter; fails after ten seconds.
func eventually(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async {
    for _ in 0..<5_000 {
        if condition() { return }
        try? await Task.sleep(nanoseconds: 2_000_000)  // pause: a peer that is slow on purpose
    }
    Issue.record("never became true", sourceLocation: sourceLocation)
}
