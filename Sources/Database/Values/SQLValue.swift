public import Primitives

/// A parameter of a statement: what both engines can store without loss.
public enum SQLValue: Hashable, Sendable {
    /// A 64-bit signed integer.
    case integer(Int64)
    /// Text without NUL.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// No value.
    case null
}

extension SQLValue {
    /// 1 or 0: what a `{bool}` column holds on both engines.
    public static func bool(_ value: Bool) -> SQLValue {
        .integer(value ? 1 : 0)
    }

    /// The wallet's row number.
    public static func wallet(_ wallet: WalletID) -> SQLValue {
        .integer(wallet.rawValue)
    }

    /// Microseconds since 1970.
    public static func timestamp(_ moment: Timestamp) -> SQLValue {
        .integer(moment.unixMicroseconds)
    }

    /// Millionths of a USDC.
    public static func money(_ amount: MicroUSDC) -> SQLValue {
        .integer(amount.rawValue)
    }

    /// The value, or null where there is none: `.optional(name, SQLValue.text)`.
    public static func optional<Wrapped>(_ value: Wrapped?, _ make: (Wrapped) -> SQLValue) -> SQLValue {
        value.map(make) ?? .null
    }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral
{
    /// `.integer`.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// `.text`.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// `.null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// `.blob`, byte by byte.
    public init(arrayLiteral elements: UInt8...) {
        self = .blob(elements)
    }
}
