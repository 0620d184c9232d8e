import Primitives

/// What one provider call costs a wallet: a share of the list price and a fixed fee a tool call, rounded once, up.
struct Charge: Hashable, Sendable {
    /// $0.0005 for each tool call.
    static let toolCallFee = MicroUSDC(500)
    /// The most tool calls one provider call can be charged for; far above any loop's own limit.
    static let maximumToolCalls: Int64 = 1_000_000

    /// Hundredths of a pico-USD in a micro-USDC: the unit in which a percentage of a pico price is still whole.
    static let centipicoPerMicro: Int128 = 100_000_000

    /// The exact list cost in pico-USD.
    let listPico: Int64
    /// Tool calls made.
    let toolCalls: Int64
    /// Whose key it ran on.
    let plan: PaymentPlan

    /// A charge for a known list cost. Tool calls are drawn into 0...`maximumToolCalls`.
    /// - Precondition: `listPico` is not negative.
    init(listPico: Int64, toolCalls: Int64, plan: PaymentPlan) {
        precondition(listPico >= 0, "a list cost cannot be negative")
        self.listPico = listPico
        self.toolCalls = min(max(0, toolCalls), Charge.maximumToolCalls)
        self.plan = plan
    }

    /// A charge for a usage at a price.
    init(usage: Usage, price: ModelPrice, toolCalls: Int64, plan: PaymentPlan) {
        self.init(listPico: price.listPico(of: usage), toolCalls: toolCalls, plan: plan)
    }

    /// The amount, rounded up to a whole micro-USDC: the one rounding there is. The largest possible list cost
    /// (9.3 * 10^18 pico-USD) gives about 10^13, so it always fits.
    var amount: MicroUSDC {
        let exact = Int128(listPico) * Int128(plan.percentOfList) + Charge.exactToolFee(toolCalls)
        return MicroUSDC(Int64(Charge.roundedUp(exact)))
    }

    /// The part of the amount that tool calls make up; whole by itself.
    var toolFee: MicroUSDC {
        MicroUSDC(toolCalls * Charge.toolCallFee.rawValue)
    }

    /// The fee for tool calls in hundredths of a pico-USD.
    static func exactToolFee(_ toolCalls: Int64) -> Int128 {
        Int128(toolCalls) * Int128(toolCallFee.rawValue) * centipicoPerMicro
    }

    /// Hundredths of a pico-USD as whole micro-USDC, up.
    static func roundedUp(_ centipico: Int128) -> Int128 {
        (centipico + centipicoPerMicro - 1) / centipicoPerMicro
    }
}
