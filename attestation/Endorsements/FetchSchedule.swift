import Primitives

/// When the service may be asked for what. The service throttles by address and has outages of hours, so the rules are
/// kept here before it has to say no. A value: time comes in, of a clock that nobody can set, and what to do goes out.
///
/// - One VCEK per ten seconds.
/// - After "slow down" (429) or a failure of the service, nothing until its Retry-After, or else a pause that doubles.
/// - What the service does not have, or answered with something that is not what was asked for, is not asked for again
///   for an hour.
struct FetchSchedule: Sendable {
    static let vcekIntervalSeconds: Int64 = 10
    static let firstPauseSeconds: Int64 = 5
    static let longestPauseSeconds: Int64 = 600
    /// A service that wants more than a day is asked again after a day.
    static let longestRetryAfterSeconds: Int64 = 86_400
    static let refusalSeconds: Int64 = 3_600
    /// Refusals remembered; the one that ends first makes room.
    static let maximumRefusals = 256

    enum Decision: Hashable {
        case go
        /// Not before this moment, for this reason.
        case wait(until: Timestamp, String)
    }

    /// What came of a fetch.
    enum Outcome: Hashable {
        case usable
        /// The service does not have it, or sent something else.
        case refused
        /// "Slow down", no answer, or an internal error.
        case unavailable(retryAfterSeconds: Int64?)
    }

    private var nextVCEK: Timestamp?
    private var pausedUntil: Timestamp?
    private var failuresInARow = 0
    private var refusals: [EndorsementRequest: Timestamp] = [:]

    /// Whether to ask. A VCEK that may be asked for takes the turn.
    mutating func start(_ request: EndorsementRequest, at now: Timestamp) -> Decision {
        if let until = refusals[request], now < until {
            return .wait(until: until, "the service did not have it")
        }
        if let pausedUntil, now < pausedUntil { return .wait(until: pausedUntil, "the service is not available") }
        guard request.isVCEK else { return .go }
        if let nextVCEK, now < nextVCEK { return .wait(until: nextVCEK, "one VCEK per 10 s") }
        nextVCEK = now.adding(seconds: FetchSchedule.vcekIntervalSeconds)
        return .go
    }

    /// Learns from an answer.
    mutating func finish(_ request: EndorsementRequest, _ outcome: Outcome, at now: Timestamp) {
        switch outcome {
        case .usable:
            failuresInARow = 0
            refusals[request] = nil
        case .refused:
            failuresInARow = 0
            refusals = refusals.filter { now < $0.value }
            if refusals.count >= FetchSchedule.maximumRefusals,
                let first = refusals.min(by: { $0.value < $1.value })?.key
            {
                refusals[first] = nil
            }
            refusals[request] = now.adding(seconds: FetchSchedule.refusalSeconds)
        case .unavailable(let retryAfterSeconds):
            let doubled = FetchSchedule.firstPauseSeconds << Int64(min(failuresInARow, 10))
            let own = min(doubled, FetchSchedule.longestPauseSeconds)
            let asked = min(max(retryAfterSeconds ?? own, 1), FetchSchedule.longestRetryAfterSeconds)
            failuresInARow += 1
            let until = now.adding(seconds: asked)
            pausedUntil = max(pausedUntil ?? until, until)
        }
    }
}
