/// Which quotas a route counts against. A route belongs to one `RateGroup`.
public enum RateGroup: String, CaseIterable, Sendable {
    /// Whatever is not in another group.
    case general
    /// Ways in: challenges and their answers, where a stranger makes us compute.
    case login
    /// Whatever moves money.
    case money
    /// Making and ending credentials of a wallet.
    case credentials
    /// Answered from memory, and asked for by balancers and monitors: never refused.
    case unlimited

    /// Whether a wallet's quota of this group is counted in the database, so that it is one quota on however many
    /// nodes. The others are counted by each node for itself.
    public var isExact: Bool { self == .money || self == .credentials }
}
