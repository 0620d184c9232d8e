public import Cryptography

/// The way to a device for code that must not block: a thread of its own, one caller at a time, in order.
///
/// The kernel may keep a request for a minute while the host throttles. A caller waits for at most its own time limit;
/// its request then runs on without it. Too many callers are refused at once. When the driver's message key is wiped,
/// everybody waiting hears so and nothing is sent any more, because nothing can succeed.
public final class DeviceQueue: Sendable {
    /// Callers that may wait beside the one being served. A device answers in milliseconds or is in trouble.
    public static let defaultCapacity = 64
    /// How long a caller waits, in milliseconds: longer than a healthy device ever takes, shorter than a client's own
    /// patience.
    public static let defaultLimitMilliseconds = 10_000

    /// Which interface the device has.
    public let kind: DeviceKind
    private let counter: DeviceCounter
    private let limitMilliseconds: Int

    /// A queue before `device`. Throws `io` when the system has no thread or descriptor left.
    /// - capacity: callers that may wait, at least 1.
    /// - limitMilliseconds: how long each waits, at least 1.
    public init(
        _ device: any AttestationDevice, capacity: Int = defaultCapacity,
        limitMilliseconds: Int = defaultLimitMilliseconds
    ) throws(DeviceFault) {
        precondition(capacity > 0 && limitMilliseconds > 0, "a queue has places, and patience")
        kind = device.kind
        self.limitMilliseconds = limitMilliseconds
        counter = try DeviceCounter(device, capacity: capacity)
        try counter.open()
    }

    deinit {
        counter.stop()
    }

    /// As told by the requests so far.
    public var health: DeviceHealth { counter.health }

    /// Callers that wait for their turn now, without the one being served: for metrics.
    public var waitingCount: Int { counter.waitingCount }

    /// A report over `data`. Throws what the device throws, and `timedOut`, `queueFull`, `cancelled`, `stopped`.
    public func evidence(for data: ReportData) async throws(DeviceFault) -> DeviceEvidence {
        try await ask { .evidence(data, $0) }
    }

    /// A derived key. Throws what the device throws, and `timedOut`, `queueFull`, `cancelled`, `stopped`.
    public func derivedKey(_ request: DerivedKeyRequest) async throws(DeviceFault) -> Secret {
        try await ask { .derivedKey(request, $0) }
    }

    /// Answers everybody with `stopped` and ends the threads. A request inside the kernel ends there by itself.
    public func stop() {
        counter.stop()
    }

    private func ask<Answer: Sendable>(
        _ job: (CheckedContinuation<Result<Answer, DeviceFault>, Never>) -> DeviceJob
    ) async throws(DeviceFault) -> Answer {
        let ticket = counter.ticket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                counter.enter(ticket, job(continuation), limitMilliseconds: limitMilliseconds)
                // A cancellation before the line above found nobody to take out.
                if Task.isCancelled { counter.leave(ticket) }
            }
        } onCancel: {
            counter.leave(ticket)
        }
        return try result.get()
    }
}
