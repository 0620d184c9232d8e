/// Whose provider key a call runs on, which decides what share of the list price the wallet pays.
public enum PaymentPlan: String, Hashable, Sendable, CaseIterable {
    /// The wallet's own key: the provider bills the wallet's owner, the gateway takes a fee.
    case ownKey = "byok"
    /// The operator's key: the gateway passes the list price on with a margin.
    case operatorKey = "operator"

    /// The share of the list price, in per cent.
    public var percentOfList: Int64 {
        switch self {
        case .ownKey: 10
        case .operatorKey: 115
        }
    }
}
