/// One turn from the provider's first event to its end. A pure value: events in, actions out; the shell performs them
/// in the order given.
///
/// It never says what anything costs. It says what was seen, once, and what the client is told when that is charged.
struct ChatTurn: Sendable {
    /// Where the turn stands.
    enum State: Hashable, Sendable {
        /// The provider has not started. Goes to `streaming`, or to `ended` without a charge.
        case calling
        /// The answer is coming. Goes to `settling`, once.
        case streaming
        /// The report has been handed over. Goes to `ended`.
        case settling(TurnEnding)
        /// Nothing more happens.
        case ended
    }

    /// What happens to a turn.
    enum Event: Hashable, Sendable {
        /// The provider said something.
        case provider(ProviderEvent)
        /// The provider said nothing for `TurnLimits.holdMilliseconds`.
        case paused
        /// The turn is to end now.
        case stopped(TurnStop.Reason)
        /// The charge is committed.
        case settled(TurnCharge)
        /// The charge could not be written yet. It is kept and will be.
        case notSettled
    }

    /// What the shell has to do.
    enum Action: Hashable, Sendable {
        /// Send this to the client.
        case emit(TurnEvent)
        /// Write this down, soon and without waiting.
        case journal(TurnProgress)
        /// Stop the provider at once.
        case cancelUpstream
        /// Give the money back: the provider never started.
        case release(ProviderRefusal)
        /// Charge this, and keep the answer.
        case settle(TurnReport)
    }

    private(set) var state = State.calling
    /// The text of the answer so far, without secrets.
    private(set) var answer = ""
    private var text: StreamScrubber
    private var thinking: StreamScrubber
    private var progress = TurnProgress()
    private var hasStopped = false
    /// Whether counts were reported after the last piece of output.
    private var usageIsCurrent = false
    private let modelID: String

    /// A turn whose call was admitted for this model. `known` values do not come out of it.
    init(modelID: String, known: KnownValues = .none) {
        self.modelID = modelID
        text = StreamScrubber(known)
        thinking = StreamScrubber(known)
    }

    /// Whether something is held back until more comes.
    var isHolding: Bool { state == .streaming && (text.isHolding || thinking.isHolding) }

    mutating func on(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.calling, .provider(let event)): return calling(event)
        case (.calling, .stopped(let reason)):
            state = .ended
            return [.cancelUpstream, .release(reason == .clientLeft ? .cancelled : .unavailable)]
        case (.streaming, .provider(let event)): return streaming(event)
        case (.streaming, .stopped(let reason)): return settle(TurnEnding(reason), andCancel: true)
        case (.settling(let ending), .settled(let charge)):
            state = .ended
            return end(ending, charge).map { [.emit($0)] } ?? []
        case (.settling, .notSettled):
            state = .ended
            return [.emit(ChatTurn.notRecorded)]
        case (.streaming, .paused): return show(thinking: thinking.pause(), text: text.pause())
        case (.settling, _), (.ended, _), (_, .settled), (_, .notSettled), (_, .paused):
            return []
        }
    }

    private mutating func calling(_ event: ProviderEvent) -> [Action] {
        switch event {
        case .started(let model, let usage):
            state = .streaming
            progress.model = model
            progress.usage = usage
            return [.journal(progress)]
        case .failed(let fault):
            state = .ended
            return [.release(ProviderRefusal(fault))]
        case .text, .thinking, .usage, .stopped, .finished:
            state = .ended
            return [.cancelUpstream, .release(.unavailable)]
        }
    }

    private mutating func streaming(_ event: ProviderEvent) -> [Action] {
        switch event {
        case .started: return settle(.provider(.outOfOrder), andCancel: true)
        case .text(let piece):
            return output(piece) { turn in turn.show(thinking: "", text: turn.text.feed(piece)) }
        case .thinking(let piece):
            return output(piece) { turn in turn.show(thinking: turn.thinking.feed(piece), text: "") }
        case .usage(let usage):
            progress.usage = usage
            usageIsCurrent = true
            return []
        case .stopped:
            hasStopped = true
            return []
        case .finished:
            hasStopped = true
            return settle(.finished, andCancel: false)
        case .failed(let fault): return settle(.provider(fault), andCancel: true)
        }
    }

    private mutating func output(_ piece: String, _ scrubbed: (inout ChatTurn) -> [Action]) -> [Action] {
        progress.outputBytes += piece.utf8.count
        usageIsCurrent = false
        guard progress.outputBytes <= TurnLimits.outputBytes else { return settle(.outputLimit, andCancel: true) }
        return scrubbed(&self) + [.journal(progress)]
    }

    /// What the scrubbers let through, on its way to the client and into the answer.
    private mutating func show(thinking: String, text: String) -> [Action] {
        answer += text
        return (thinking.isEmpty ? [] : [.emit(.thinking(thinking))]) + (text.isEmpty ? [] : [.emit(.text(text))])
    }

    private mutating func settle(_ ending: TurnEnding, andCancel cancel: Bool) -> [Action] {
        // Before the state changes nothing else comes; what was held back is decided now.
        let rest = show(thinking: thinking.finish(), text: text.finish())
        state = .settling(ending)
        let report = TurnReport(
            progress: progress, usageIsFinal: usageIsCurrent && hasStopped, ending: ending)
        return (cancel ? [.cancelUpstream] : []) + rest + [.settle(report)]
    }

    /// The event that ends a turn which ended so and was charged so; nil if nobody is there to hear it.
    private func end(_ ending: TurnEnding, _ charge: TurnCharge) -> TurnEvent? {
        ending == .clientLeft ? nil : ChatTurn.end(ending, charge, modelID: modelID)
    }

    /// The event that is stored, and sent, for a turn that ended so.
    static func end(_ ending: TurnEnding, _ charge: TurnCharge, modelID: String) -> TurnEvent {
        guard ending == .finished else { return .error(code: ending.code, message: ending.message) }
        return .done(
            TurnSummary(
                model: modelID, cost: charge.cost, balanceRemaining: charge.availableAfter,
                inputTokens: charge.usage.input, outputTokens: charge.usage.output))
    }

    private static let notRecorded = TurnEvent.error(
        code: "not_recorded",
        message: "The gateway's storage failed at the end of this answer. It is kept, and charged once that is back.")
}
