/// The generation of a wallet's vault key. It stands in the signed text, in the derivation and in each envelope, so
/// that a later generation shares nothing with an earlier one.
public struct VaultEpoch: Hashable, Sendable {
    /// The generation of a vault that was never rotated.
    public static let first = VaultEpoch(1)

    /// 1 or above.
    public let number: UInt32

    /// An epoch by its number.
    public init(_ number: UInt32) {
        self.number = number
    }

    /// The generation after this one; nil after the last there can be.
    public var next: VaultEpoch? { number < .max ? VaultEpoch(number + 1) : nil }

    /// Four bytes, big endian.
    var bytes: [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
