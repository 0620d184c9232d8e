public import Primitives

/// The quotas in force, by group and by what they count: `RateLimits` is what an operator sets.
public struct RateLimits: Hashable, Sendable {
    /// Whose acts a quota counts.
    public enum Counted: String, CaseIterable, Sendable {
        /// A client's network address: of IPv6 the /64 that one customer gets.
        case address
        /// A wallet.
        case wallet
    }

    /// A quota and its name in fields, `login-address`.
    struct Named: Hashable, Sendable {
        let name: String
        let quota: RateQuota
    }

    private var quotas: [RateGroup: [Counted: Named]] = [:]

    /// No limits at all.
    public init() {}

    /// The quota of a group; nil is no limit.
    public subscript(group: RateGroup, counted: Counted) -> RateQuota? {
        get { quotas[group]?[counted]?.quota }
        set {
            quotas[group, default: [:]][counted] = newValue.map {
                Named(name: "\(group.rawValue)-\(counted.rawValue)", quota: $0)
            }
        }
    }

    func named(_ group: RateGroup, _ counted: Counted) -> Named? {
        quotas[group]?[counted]
    }
}
