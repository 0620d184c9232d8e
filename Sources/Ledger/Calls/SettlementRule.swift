/// What an ended call is charged for: the rule of the house plan, section 5, and a cap on its estimate.
///
/// | what is known                | what is charged                                                            |
/// | ---------------------------- | -------------------------------------------------------------------------- |
/// | the whole usage              | that usage                                                                 |
/// | an answer, whole or begun,   | input as reported, none without a report; output: the larger of reported   |
/// | without its whole usage      | and of bytes / 3, up, which is cut to the `max_tokens` that was sent       |
/// | sent, but no answer began    | nothing                                                                    |
/// | not sent                     | nothing                                                                    |
enum SettlementRule {
    /// Output text has four bytes a token or so; three errs towards what the provider bills for a cut stream, thinking
    /// included. For text in which a token has more bytes that is too much, without end: hence the cap. The provider
    /// stops at `max_tokens`, and the hold covers that many, so an estimate never exceeds what was held for output.
    static let bytesPerEstimatedToken: Int64 = 3

    /// What a call comes to.
    enum Decision: Hashable, Sendable {
        /// Nothing was used: the hold is released.
        case release
        /// This usage is charged.
        case charge(Usage, UsageBasis)
    }

    /// The decision for a call that has ended, or was left behind in any state by a crash. `maximumOutput` is the
    /// `max_tokens` that was sent.
    static func decision(for progress: CallProgress, maximumOutput: Int64) -> Decision {
        guard let reported = progress.reported ?? (progress.state == .answered ? Usage() : nil) else { return .release }
        guard progress.state != .final else { return .charge(reported, .reported) }
        let estimated =
            progress.outputBytes / bytesPerEstimatedToken
            + (progress.outputBytes % bytesPerEstimatedToken == 0 ? 0 : 1)
        return .charge(reported.withOutput(max(reported.output, min(estimated, maximumOutput))), .estimated)
    }
}

/// Where a charged usage comes from.
public enum UsageBasis: String, Hashable, Sendable, CaseIterable {
    /// The provider's final report.
    case reported
    /// What was reported until then and the bytes received, by `SettlementRule`.
    case estimated
}
