public import Primitives

/// What the development faucet gives. Generous for trying things out; capped, so that a script left running does not
/// fill the book.
public enum FaucetLimits {
    /// $0.01: anything less pays for nothing.
    public static let least = MicroUSDC(10_000)
    /// $100 at a time.
    public static let most = MicroUSDC(100_000_000)
    /// $100 a wallet in one UTC calendar day.
    public static let perDay = MicroUSDC(100_000_000)

    /// The UTC calendar day around `moment`: its first microsecond, and that of the next day.
    static func day(around moment: Timestamp) -> Range<Timestamp> {
        let seconds = moment.unixSeconds
        let start = seconds - ((seconds % 86_400) + 86_400) % 86_400
        return Timestamp(unixSeconds: start)..<Timestamp(unixSeconds: start + 86_400)
    }
}
