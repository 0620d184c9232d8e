/// The number under which a wallet stands in every table. Addresses stand in table `wallets` alone.
public struct WalletID: Hashable, Comparable, Sendable {
    /// The row number in `wallets`.
    public let rawValue: Int64

    /// A wallet by its row number.
    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The order in which rows are locked.
    public static func < (left: WalletID, right: WalletID) -> Bool {
        left.rawValue < right.rawValue
    }
}
