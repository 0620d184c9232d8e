public import Primitives

/// The wallet cannot pay for what was asked; nothing was booked.
public struct InsufficientFunds: Error, Hashable, Sendable {
    /// What could be spent.
    public let available: MicroUSDC
    /// What would have been needed.
    public let needed: MicroUSDC

    /// A refusal with both sides of the comparison.
    public init(available: MicroUSDC, needed: MicroUSDC) {
        self.available = available
        self.needed = needed
    }
}
