import Primitives

/// What is known of a provider call: the state machine behind its row. It decides; `Ledger.record` writes.
public struct CallProgress: Hashable, Sendable {
    /// The longest code of a failure.
    public static let maximumCodeLength = 64

    /// How far it has come.
    public internal(set) var state: CallState
    /// What the provider has reported; nil before its first report.
    public internal(set) var reported: Usage?
    /// Bytes of output text received.
    public internal(set) var outputBytes: Int64
    /// Tool calls to charge.
    public internal(set) var toolCalls: Int64
    /// Why it failed.
    public internal(set) var failure: String?

    /// A call that is planned.
    public init() {
        self.init(state: .planned, reported: nil, outputBytes: 0, toolCalls: 0, failure: nil)
    }

    /// A call as it was recorded.
    init(state: CallState, reported: Usage?, outputBytes: Int64, toolCalls: Int64, failure: String?) {
        self.state = state
        self.reported = reported
        self.outputBytes = outputBytes
        self.toolCalls = toolCalls
        self.failure = failure
    }

    /// Takes note of an event.
    /// - Throws: `IllegalTransition` if the state does not allow it, if the bytes of a stream shrink or counts are
    ///   negative, or if a failure's code is malformed. Nothing has changed then.
    public mutating func apply(_ event: CallEvent) throws(IllegalTransition) {
        guard let next = state.after(event), isWellFormed(event) else {
            throw IllegalTransition(state: state, event: event)
        }
        state = next
        switch event {
        case .sent, .answered: break
        case .started(let usage): reported = usage
        case .reported(let usage): reported = usage.combined(with: reported)
        case .streamed(let bytes): outputBytes = bytes
        case .finished(let usage, let calls):
            reported = usage
            toolCalls = calls
        case .failed(let code): failure = code
        }
    }

    private func isWellFormed(_ event: CallEvent) -> Bool {
        switch event {
        case .sent, .started, .reported, .answered: true
        case .streamed(let bytes): bytes >= outputBytes
        case .finished(_, let toolCalls): (0...Charge.maximumToolCalls).contains(toolCalls)
        case .failed(let code): VisibleASCII.matches(code, length: 1...CallProgress.maximumCodeLength)
        }
    }
}
