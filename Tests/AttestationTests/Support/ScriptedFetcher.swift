import Synchronization

@testable import Attestation

/// A service that answers by path from a script, and remembers what it was asked.
final class ScriptedFetcher: EndorsementFetcher {
    enum Step: Sendable {
        case answer(Int, [UInt8], retryAfter: Int64?)
        case fault(String)
        /// Nothing, until the task is cancelled.
        case silence
    }

    private struct State {
        var steps: [String: Step] = [:]
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// What was asked for, in order.
    var asked: [String] { state.withLock { $0.asked } }

    /// What every path that holds `part` is answered with from now on.
    func answer(_ part: String, _ body: [UInt8], status: Int = 200, retryAfter: Int64? = nil) {
        state.withLock { $0.steps[part] = .answer(status, body, retryAfter: retryAfter) }
    }

    /// Lets every path that holds `part` fail from now on.
    func fail(_ part: String) {
        state.withLock { $0.steps[part] = .fault("connection refused") }
    }

    /// Lets every path that holds `part` go without an answer from now on.
    func block(_ part: String) {
        state.withLock { $0.steps[part] = .silence }
    }

    func get(_ target: String, maximumBytes: Int) async throws(EndorsementFetchFault) -> EndorsementAnswer {
        let step = state.withLock { state in
            state.asked.append(target)
            return state.steps.first { target.contains($0.key) }?.value
        }
        // Gives others their turn, so that they can ask for the same while this is under way.
        for _ in 0..<20 { await Task.yield() }
        switch step {
        case .answer(let status, let body, let retryAfter):
            return EndorsementAnswer(status: status, retryAfterSeconds: retryAfter, body: body)
        case .fault(let detail): throw EndorsementFetchFault(detail: detail)
        case .silence:
            try? await Task.sleep(for: .seconds(86_400))  // pause: silence, until the test process ends
            throw EndorsementFetchFault(detail: "no answer")
        case nil: return EndorsementAnswer(status: 404, body: [])
        }
    }
}
