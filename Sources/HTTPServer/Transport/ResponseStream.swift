import EventLoops
import HTTPTypes

/// The sending side of one streamed answer, with back-pressure. Writers hold it; it outlives its connection safely.
final class ResponseStream: @unchecked Sendable {  // proof: all state is used on the loop's thread; `send` goes there
    private let loop: EventLoop
    private let limits: ServerLimits
    private let isChunked: Bool
    private let isEvents: Bool
    /// Nil once the answer has ended or the peer has left.
    private var connection: Connection?
    private var waiters: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextWaiter = 0

    init(_ connection: Connection, isChunked: Bool, isEvents: Bool) {
        self.connection = connection
        self.isChunked = isChunked
        self.isEvents = isEvents
        loop = connection.loop
        limits = connection.limits
    }

    /// Queues `bytes` whole and returns once less than the high-water mark is unsent. Any thread.
    func send(_ bytes: [UInt8]) async throws {
        if loop.inLoop {
            try await sendOnLoop(bytes)
        } else {
            try await withTaskExecutorPreference(loop) { try await self.sendOnLoop(bytes) }
        }
    }

    private func sendOnLoop(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        guard let connection else { throw CancellationError() }
        transmit(bytes, on: connection)
        // Sending may have found the peer gone.
        guard self.connection != nil else { throw CancellationError() }
        let mark = connection.server.budget.unsent.hasRoom(for: 0) ? limits.highWater : limits.lowWater
        if connection.output.count >= mark { try await waitForRoom() }
    }

    private func transmit(_ bytes: [UInt8], on connection: Connection) {
        if isChunked {
            let server = connection.server
            server.scratch.removeAll(keepingCapacity: true)
            ResponseEncoder.appendChunk(bytes, to: &server.scratch)
            connection.transmit(server.scratch)
        } else {
            connection.transmit(bytes)
        }
        if isEvents, connection.output.isEmpty, connection.phase == .answering {
            connection.setDeadline(.keepAlive, limits.keepAliveMilliseconds)
        }
    }

    private func waitForRoom() async throws {
        let id = nextWaiter
        nextWaiter += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiters.append((id, $0)) }
        } onCancel: {
            loop.execute { self.cancelWaiter(id) }
        }
    }

    private func cancelWaiter(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    /// The connection has sent something: lets writers on once little enough is left.
    func outputChanged() {
        guard let connection else { return }
        if connection.output.count <= limits.lowWater {
            let resumed = waiters
            waiters = []
            for waiter in resumed { waiter.continuation.resume() }
        }
        if isEvents, connection.output.isEmpty {
            connection.setDeadline(.keepAlive, limits.keepAliveMilliseconds)
        }
    }

    /// Nothing was sent for a while.
    func keepAlive() {
        guard let connection else { return }
        transmit(ServerSentEvent.keepAliveBytes, on: connection)
    }

    /// Ends the answer in order.
    func finish() {
        guard let connection = detach() else { return }
        if isChunked { connection.transmit(ResponseEncoder.lastChunk) }
        connection.finishAnswer()
        connection.readOn()
    }

    /// Ends the connection without ending the body.
    func breakOff() {
        guard let connection = detach() else { return }
        connection.breakOff(isVisible: isChunked)
    }

    /// The connection is closed.
    func peerHasLeft() {
        _ = detach()
    }

    private func detach() -> Connection? {
        defer { connection = nil }
        let failed = waiters
        waiters = []
        for waiter in failed { waiter.continuation.resume(throwing: CancellationError()) }
        return connection
    }
}
