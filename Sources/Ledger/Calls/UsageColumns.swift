import Database
import Primitives

/// How a `UsageCharge` lies in table `usage_charges`.
enum UsageColumns {
    static let list = """
        call_id, model, plan, input, output, cache_read, cache_write_5m, cache_write_1h, basis, rates, list_pico,
        tool_calls, charged, overrun
        """

    static func values(of charge: UsageCharge) -> [SQLValue] {
        [
            .text(charge.call), .text(charge.model), .text(charge.plan.rawValue), .integer(charge.usage.input),
            .integer(charge.usage.output), .integer(charge.usage.cacheRead), .integer(charge.usage.cacheWrite5m),
            .integer(charge.usage.cacheWrite1h), .text(charge.basis.rawValue), .text(charge.rates.snapshot),
            .integer(charge.listPico), .integer(charge.toolCalls), .money(charge.charged), .money(charge.overrun),
        ]
    }

    /// Reads the columns of `list`, which begin at column `first`.
    static func read(_ row: borrowing Row, from first: Int = 0) throws -> UsageCharge {
        let call = try row.text(first)
        guard let plan = PaymentPlan(rawValue: try row.text(first + 2)),
            let basis = UsageBasis(rawValue: try row.text(first + 8))
        else { throw LedgerError.brokenBook("the usage of call \(call) cannot be read") }
        let usage = Usage(
            input: try row.integer(first + 3), output: try row.integer(first + 4),
            cacheRead: try row.integer(first + 5), cacheWrite5m: try row.integer(first + 6),
            cacheWrite1h: try row.integer(first + 7))
        return UsageCharge(
            call: call, model: try row.text(first + 1), plan: plan, usage: usage, basis: basis,
            rates: try TokenRates(snapshot: row.text(first + 9)), listPico: try row.integer(first + 10),
            toolCalls: try row.integer(first + 11), charged: try row.money(first + 12),
            overrun: try row.money(first + 13))
    }
}
