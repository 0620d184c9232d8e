import Database
import Primitives

/// How a turn ends in the books: charge or release, the conversation, the idempotency outcome and the turn's record in
/// one transaction. A turn is ended once: whoever removes its record first.
struct TurnClosing: Sendable {
    let store: ConversationStore
    let spending: any SpendingPort
    let idempotency: any IdempotencyPort

    /// The turn was ended by somebody else.
    struct AlreadyEnded: Error {}

    /// Ends the turn as it was fixed, whenever that is. The charge; nil for a turn that is undone.
    func write(_ last: LastWrite, in tx: borrowing WriteTransaction) throws -> TurnCharge? {
        try tx.lock(last.record.wallet)
        guard try last.record.remove(in: tx) else { throw AlreadyEnded() }
        switch last.content {
        case .charge(let report, let answer, let turn):
            return try charge(turn, report, answer: answer, seed: last.seed, in: tx, at: last.moment)
        case .release(let code):
            try spending.release(last.record.call, code: code, in: tx, at: last.moment)
            try takeBack(last.record, in: tx)
            return nil
        }
    }

    /// Charges what the turn saw, and keeps its answer.
    private func charge(
        _ turn: AdmittedTurn, _ report: TurnReport, answer: String?, seed: SealSeed,
        in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge {
        let record = turn.record
        let charge = try spending.settle(record.call, report, in: tx, at: now)
        var answerSequence: Int?
        // The wallet may have deleted the conversation in the meantime; what it used is charged all the same.
        if let conversation = try store.find(record.conversation, of: record.wallet, in: tx) {
            let isWhole = report.ending == .finished
            if let answer, isWhole || !answer.isEmpty {
                let message = Message(role: .assistant, text: answer, isWhole: isWhole, createdAt: now)
                answerSequence = try store.append(message, to: conversation, seed: seed, in: tx)
            }
            try store.setPreview(turn.userText, of: conversation, seed: seed, in: tx)
        }
        if let key = record.key {
            let end = ChatTurn.end(report.ending, charge, modelID: turn.admission.modelID)
            let outcome = TurnOutcome(answerSequence: answerSequence, end: end)
            try idempotency.complete(key, outcome: outcome.bytes, in: tx, at: now)
        }
        return charge
    }

    /// Ends a turn that nobody works on any more, from what was recorded of it.
    func endAbandoned(_ record: TurnRecord, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try tx.lock(record.wallet)
        guard try record.remove(in: tx) else { return }
        guard try spending.settleAbandoned(record.call, in: tx, at: now) != nil else {
            return try takeBack(record, in: tx)
        }
        guard let key = record.key else { return }
        let ending = TurnEnding.interrupted
        let outcome = TurnOutcome(answerSequence: nil, end: .error(code: ending.code, message: ending.message))
        try idempotency.complete(key, outcome: outcome.bytes, in: tx, at: now)
    }

    private func takeBack(_ record: TurnRecord, in tx: borrowing WriteTransaction) throws {
        if let conversation = try store.find(record.conversation, of: record.wallet, in: tx) {
            try store.removeLast(record.userSequence, of: conversation, in: tx)
        }
        if let key = record.key { try idempotency.abandon(key, in: tx) }
    }
}
