public import Primitives

/// The record of one charge: enough to compute it again from the list price, to the pico.
public struct UsageCharge: Hashable, Sendable {
    /// The call it is for.
    public let call: String
    /// The model as sent to the provider.
    public let model: String
    /// Whose provider key it ran on.
    public let plan: PaymentPlan
    /// The tokens.
    public let usage: Usage
    /// Where the tokens come from.
    public let basis: UsageBasis
    /// The list price of each class of token, in the tier that applied.
    public let rates: TokenRates
    /// The list cost in pico-USD, exact.
    public let listPico: Int64
    /// Tool calls.
    public let toolCalls: Int64
    /// What the wallet paid.
    public let charged: MicroUSDC
    /// What the house bore.
    public let overrun: MicroUSDC
    /// The part of the cost that tool calls make up.
    public var toolFee: MicroUSDC {
        Charge(listPico: listPico, toolCalls: toolCalls, plan: plan).toolFee
    }
}
