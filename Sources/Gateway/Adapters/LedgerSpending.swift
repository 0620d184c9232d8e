import Agents
import Database
import Ledger
import Primitives

/// Plugs the ledger into chat: one hold a provider call, on the wallet's own key.
struct LedgerSpending: SpendingPort {
    /// Output tokens when a client names none, by the family in the model's name: a long answer of such a model, and a
    /// hold of cents.
    static let defaultOutputTokens: [String: Int64] = ["haiku": 4_096, "sonnet": 8_192, "opus": 8_192]
    /// The same for a model of no known family.
    static let otherDefaultOutputTokens: Int64 = 4_096
    /// A hold outlives the longest turn many times over; what is left then was forgotten.
    static let holdSeconds: Int64 = 3_600

    let ledger: Ledger
    let prices: PriceCatalogue
    /// This start of the program.
    let instance: String
    let alarm: OverrunAlarm

    func knows(model: String) -> Bool {
        entry(for: model) != nil
    }

    func admit(_ call: CallRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> CallAdmission {
        guard let entry = entry(for: call.model) else { throw SpendingRefusal.unknownModel }
        let bound = HoldBound(price: entry.price, plan: .ownKey, requestBytes: call.requestBytes)
        let available = try ledger.balance(of: call.wallet, in: tx).available
        let wanted = call.maximumOutputTokens.map { Int64($0) } ?? LedgerSpending.defaultOutputTokens(of: entry.price)
        do {
            let tokens = try bound.affordableOutputTokens(available: available, requested: wanted)
            let hold = HoldRequest(
                id: "hold_" + call.id, wallet: call.wallet, amount: bound.amount(outputTokens: tokens),
                agent: call.agentID, expiresAt: now.adding(seconds: LedgerSpending.holdSeconds))
            try ledger.plan(
                CallPlan(
                    id: call.id, hold: hold, model: entry.upstreamModel, price: entry.price, plan: .ownKey,
                    maximumOutput: tokens, instance: instance), in: tx, at: now)
            return CallAdmission(modelID: entry.upstreamModel, maximumOutputTokens: Int(tokens))
        } catch let error as InsufficientFunds {
            throw SpendingRefusal.insufficientBalance(available: error.available, needed: error.needed)
        }
    }

    func recordSent(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        guard try ledger.call(call, in: tx).progress.state == .planned else { return }
        try ledger.record(.sent, call: call, in: tx, at: now)
    }

    func recordProgress(
        _ call: String, _ progress: TurnProgress, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        guard try !ledger.call(call, in: tx).progress.state.hasEnded else { return }
        try advance(call, to: progress, in: tx, at: now)
    }

    func settle(
        _ call: String, _ report: TurnReport, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge {
        if try !ledger.call(call, in: tx).progress.state.hasEnded {
            try advance(call, to: report.progress, in: tx, at: now)
            try ledger.record(LedgerSpending.end(report), call: call, in: tx, at: now)
        }
        let outcome = try ledger.settle(call: call, in: tx, at: now)
        alarm.ring(call: call, overrun: outcome.overrun)
        return TurnCharge(outcome)
    }

    func release(_ call: String, code: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        if try !ledger.call(call, in: tx).progress.state.hasEnded {
            try ledger.record(.failed(code: code), call: call, in: tx, at: now)
        }
        try ledger.settle(call: call, in: tx, at: now)
    }

    func settleAbandoned(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnCharge? {
        let outcome = try ledger.settleAbandoned(call: call, code: "interrupted", in: tx, at: now)
        alarm.ring(call: call, overrun: outcome.overrun)
        return outcome.usage == nil ? nil : TurnCharge(outcome)
    }

    /// Ends a hold whose time is over: gives it back, or settles the call that runs on it.
    func expire(_ hold: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        let ended = try ledger.expire(hold, in: tx, at: now)
        alarm.ring(call: try ledger.call(onHold: hold, in: tx) ?? hold, overrun: ended.overrun)
    }

    /// Only models that the one provider we call serves.
    private func entry(for model: String) -> PriceCatalogue.Entry? {
        guard let entry = try? prices.entry(for: model), entry.price.provider == "anthropic" else { return nil }
        return entry
    }

    /// What the bound then cuts to the model's own limit and to what the balance pays for.
    private static func defaultOutputTokens(of price: ModelPrice) -> Int64 {
        let families = price.model.split(separator: "-").compactMap { defaultOutputTokens[String($0)] }
        return families.first ?? otherDefaultOutputTokens
    }

    /// How the call ended, as the book says it.
    private static func end(_ report: TurnReport) -> CallEvent {
        if report.usageIsFinal, let usage = report.progress.usage { return .finished(Usage(usage), toolCalls: 0) }
        return report.ending == .finished ? .answered : .failed(code: report.ending.code)
    }

    /// Walks the call forward to what was seen: reports may overtake the records of what came before them.
    private func advance(
        _ call: String, to progress: TurnProgress, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        try recordSent(call, in: tx, at: now)
        var known = try ledger.call(call, in: tx).progress
        let usage = progress.usage.map { Usage($0) }
        let bytes = Int64(progress.outputBytes)
        if known.state == .sent, usage != nil || bytes > 0 {
            // A provider may begin without a report. Its bytes count all the same, upon an input of nothing.
            known = try ledger.record(.started(usage ?? Usage()), call: call, in: tx, at: now).progress
        } else if known.state.isAnswering, let usage, usage.combined(with: known.reported) != known.reported {
            known = try ledger.record(.reported(usage), call: call, in: tx, at: now).progress
        }
        if known.state.isAnswering, bytes > known.outputBytes {
            try ledger.record(.streamed(outputBytes: bytes), call: call, in: tx, at: now)
        }
    }
}

extension Usage {
    fileprivate init(_ usage: TokenUsage) {
        self.init(
            input: Int64(usage.freshInput), output: Int64(usage.output), cacheRead: Int64(usage.cacheRead),
            cacheWrite5m: Int64(usage.cacheWrite5m), cacheWrite1h: Int64(usage.cacheWrite1h))
    }
}

extension TurnCharge {
    fileprivate init(_ outcome: CallOutcome) {
        let usage = outcome.usage?.usage ?? Usage()
        self.init(
            cost: outcome.charged, availableAfter: outcome.available,
            usage: TokenUsage(
                freshInput: Int(usage.input), cacheRead: Int(usage.cacheRead), cacheWrite5m: Int(usage.cacheWrite5m),
                cacheWrite1h: Int(usage.cacheWrite1h), output: Int(usage.output)))
    }
}
