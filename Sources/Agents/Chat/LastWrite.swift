import Primitives

/// The last write of a turn, fixed at the moment the turn ended: it says the same whenever it lands.
struct LastWrite: Sendable {
    /// What it does.
    enum Content: Sendable {
        /// Charges what the report says and keeps the answer; nil for one that is no longer at hand.
        case charge(TurnReport, answer: String?, of: AdmittedTurn)
        /// Undoes the turn, for the reason that `code` names.
        case release(code: String)
    }

    let record: TurnRecord
    /// When the turn ended.
    let moment: Timestamp
    /// For what it seals.
    let seed: SealSeed
    private(set) var content: Content

    /// The turn came to what `report` says.
    init(charging report: TurnReport, answer: String, of turn: AdmittedTurn, at moment: Timestamp, seed: SealSeed) {
        record = turn.record
        self.moment = moment
        self.seed = seed
        content = .charge(report, answer: answer, of: turn)
    }

    /// The turn came to nothing.
    init(releasing record: TurnRecord, code: String, at moment: Timestamp, seed: SealSeed) {
        self.record = record
        self.moment = moment
        self.seed = seed
        content = .release(code: code)
    }

    /// Bytes of the answer in it.
    var answerBytes: Int {
        if case .charge(_, let answer, _) = content { answer?.utf8.count ?? 0 } else { 0 }
    }

    /// Lets go of the answer; the charge stays what it is.
    mutating func dropAnswer() {
        guard case .charge(let report, _, let turn) = content else { return }
        content = .charge(report, answer: nil, of: turn)
    }
}
