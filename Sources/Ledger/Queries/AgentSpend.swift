public import Primitives

/// What a wallet has spent on one agent, ever.
public struct AgentSpend: Hashable, Sendable {
    /// As many as a balance answer lists; the ones with the highest spend.
    public static let maximumListed = 1_000

    /// The agent.
    public let agent: String
    /// The sum of the charges.
    public let spent: MicroUSDC
}
