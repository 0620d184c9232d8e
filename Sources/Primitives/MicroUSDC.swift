/// An amount of USDC in its smallest unit, one millionth (6 decimals, as on chain). Signed; never floating point.
public struct MicroUSDC: Hashable, Comparable, Sendable {
    /// Millionths of a USDC.
    public var rawValue: Int64

    /// An amount by its millionths.
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Nothing.
    public static let zero = MicroUSDC(0)

    /// An amount no account may exceed, 2^53 - 1 micro-USDC (nine billion dollars): any two add up within Int64,
    /// and JSON readers that use doubles still read it exactly.
    public static let maximum = MicroUSDC(9_007_199_254_740_991)

    /// The sum. Overflow stops the process: amounts are bounded by `maximum` at every door.
    public static func + (left: MicroUSDC, right: MicroUSDC) -> MicroUSDC {
        MicroUSDC(left.rawValue + right.rawValue)
    }

    /// The difference; may be negative.
    public static func - (left: MicroUSDC, right: MicroUSDC) -> MicroUSDC {
        MicroUSDC(left.rawValue - right.rawValue)
    }

    /// Less before more.
    public static func < (left: MicroUSDC, right: MicroUSDC) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The other direction of the same posting.
    public static prefix func - (amount: MicroUSDC) -> MicroUSDC {
        MicroUSDC(-amount.rawValue)
    }

    /// The wire form: a decimal integer of base units, `12500000`.
    public var baseUnits: String {
        String(rawValue)
    }

    /// Reads the wire form: decimal digits without sign or leading zeros, at most `maximum`.
    public init?(baseUnits text: some StringProtocol) {
        let digits = text.utf8
        guard (1...16).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30, let value = Int64(text), value <= MicroUSDC.maximum.rawValue
        else { return nil }
        rawValue = value
    }

    /// For people: `$12.50`, `$0.000123`, `-$1.00`; two to six decimals, exact.
    public var dollars: String {
        let magnitude = rawValue.magnitude
        var fraction = magnitude % 1_000_000
        var decimals = 6
        while decimals > 2, fraction % 10 == 0 {
            fraction /= 10
            decimals -= 1
        }
        let digits = String(fraction)
        let zeros = String(repeating: "0", count: decimals - digits.utf8.count)
        return "\(rawValue < 0 ? "-$" : "$")\(magnitude / 1_000_000).\(zeros)\(digits)"
    }
}
