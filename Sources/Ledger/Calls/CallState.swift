/// How far a provider call has come, as far as the book knows. The plan is committed before anything is sent; what
/// follows is noted while the call runs, without waiting, so that a crash at any point can be settled from it.
public enum CallState: String, Hashable, Sendable, CaseIterable {
    /// The money is held. Nothing has left the gateway, or the note that it has did not get here yet. Goes to `sent`
    /// or `failed`.
    case planned
    /// The request may have reached the provider. Goes to `started`, to `final` or `answered` (an answer in one piece),
    /// or to `failed`.
    case sent
    /// The provider has begun to answer, as a rule with the input it counted. Goes to `streaming`, `final`, `answered`
    /// or `failed`.
    case started
    /// Output is coming; its bytes are noted each second. Goes to `streaming`, `final`, `answered` or `failed`.
    case streaming
    /// The provider has reported the whole usage. An end.
    case final
    /// The whole answer came, but no whole report of its usage. An end.
    case answered
    /// It ended without a whole answer: refused, broken, cut off, or left behind by a crash. An end.
    case failed

    /// Whether nothing more can happen.
    public var hasEnded: Bool { self == .final || self == .answered || self == .failed }

    /// Whether the provider has begun to answer and has not ended.
    public var isAnswering: Bool { self == .started || self == .streaming }

    /// The state that `event` leads to; nil if it cannot happen now.
    func after(_ event: CallEvent) -> CallState? {
        switch (self, event) {
        case (.planned, .sent): .sent
        case (.sent, .started): .started
        case (.started, .streamed), (.streaming, .streamed): .streaming
        case (.started, .reported), (.streaming, .reported): self
        case (.sent, .finished), (.started, .finished), (.streaming, .finished): .final
        case (.sent, .answered), (.started, .answered), (.streaming, .answered): .answered
        case (.planned, .failed), (.sent, .failed), (.started, .failed), (.streaming, .failed): .failed
        default: nil
        }
    }
}

/// What happened to a provider call.
public enum CallEvent: Hashable, Sendable {
    /// The request is about to leave: queued right before it does, not awaited. A crash may take the note with it; the
    /// call then counts as never sent, and the hold returns.
    case sent
    /// The provider began to answer. Its first report: the input side, and the output it counted so far; all zero if it
    /// begins without one.
    case started(Usage)
    /// A later report that is not the last. Reports are cumulative, so the larger count of each class stands.
    case reported(Usage)
    /// Bytes of output text so far, all together (not since the last event).
    case streamed(outputBytes: Int64)
    /// The whole usage, as the provider reports it, and the tool calls that are charged with it.
    case finished(Usage, toolCalls: Int64)
    /// The answer came to its end, and the provider never reported its whole usage.
    case answered
    /// It ended without a whole answer. `code` says why, in 1 to `CallProgress.maximumCodeLength` visible ASCII
    /// characters; it goes to the record and the log.
    case failed(code: String)
}

/// An event that does not follow from the state a call is in.
public struct IllegalTransition: Error, Hashable, Sendable {
    /// The state.
    public let state: CallState
    /// The event.
    public let event: CallEvent
}
