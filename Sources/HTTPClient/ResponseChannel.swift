import Synchronization

/// Joins a transfer, which runs on a loop, with the task that reads its response, which may run anywhere.
final class ResponseChannel: Sendable {
    private struct State {
        var flow: ResponseFlow
        var waiter: CheckedContinuation<Void, Never>?
        /// Counts the changes, so that none between a look and the sleep after it is missed.
        var version = 0
        var isClaimed = false
    }

    private let engine: TransferEngine
    private let state: Mutex<State>

    /// A channel for one request, whose body may have `bodyLimit` bytes.
    init(engine: TransferEngine, bodyLimit: Int?) {
        self.engine = engine
        state = Mutex(State(flow: ResponseFlow(byteLimit: bodyLimit)))
    }
}

// The transfer's side, called on the loop.
extension ResponseChannel {
    /// Whether the reader has gone.
    var hasEnded: Bool { state.withLock { $0.flow.hasEnded } }

    /// The head is whole.
    func receive(_ head: ResponseHead) {
        change { $0.receive(head) }
    }

    /// Body bytes have come.
    func receive(_ bytes: UnsafeRawBufferPointer) -> ResponseFlow.Receipt {
        change { $0.receive(bytes) }
    }

    /// The transfer is over.
    func end(_ ending: ResponseFlow.Ending) {
        change { $0.end(ending) }
    }

    /// Changes the flow, then wakes the reader, who looks at it again.
    private func change<Answer: Sendable>(_ body: (inout ResponseFlow) -> Answer) -> Answer {
        let (answer, waiter) = state.withLock { state in
            let answer = body(&state.flow)
            state.version += 1
            defer { state.waiter = nil }
            return (answer, state.waiter)
        }
        waiter?.resume()
        return answer
    }
}

// The reader's side, called from anywhere; one reader at a time.
extension ResponseChannel {
    /// Waits for the head. Cancelling the task stops the transfer.
    func head() async throws(HTTPClientError) -> ResponseHead {
        try await wait { $0.readHead() }
    }

    /// Waits for the body's next piece; nil at its end. Cancelling the task stops the transfer.
    func piece() async throws(HTTPClientError) -> [UInt8]? {
        let (piece, goesOn) = try await wait { flow -> Result<([UInt8]?, Bool), HTTPClientError>? in
            switch flow.read() {
            case .piece(let bytes, let goesOn): .success((bytes, goesOn))
            case .end: .success((nil, false))
            case .failure(let error): .failure(error)
            case .nothingYet: nil
            }
        }
        if goesOn { engine.resume(self) }
        return piece
    }

    /// The right to read the body; only the first caller gets it.
    func claim() -> Bool {
        state.withLock { state in
            defer { state.isClaimed = true }
            return !state.isClaimed
        }
    }

    /// Nobody will read on: the transfer is stopped and its connection closed.
    func abandon() {
        if change({ $0.abandon() }) { engine.abort(self) }
    }

    private func wait<Value: Sendable>(
        _ look: @Sendable (inout ResponseFlow) -> Result<Value, HTTPClientError>?
    ) async throws(HTTPClientError) -> Value {
        let result = await withTaskCancellationHandler {
            while true {
                let (found, version) = state.withLock { (look(&$0.flow), $0.version) }
                if let found { return found }
                await sleep(since: version)
            }
        } onCancel: {
            abandon()
        }
        return try result.get()
    }

    /// Sleeps until something has changed after `version`.
    private func sleep(since version: Int) async {
        await withCheckedContinuation { continuation in
            let isLate = state.withLock { state in
                guard state.version == version else { return true }
                state.waiter = continuation
                return false
            }
            if isLate { continuation.resume() }
        }
    }
}
