public import Primitives

/// Money locked for work whose cost is not known yet.
public struct Hold: Hashable, Sendable {
    /// The caller's id, unique in the book.
    public let id: String
    /// Whose money.
    public let wallet: WalletID
    /// How much is locked while the hold is open: the most the work can cost.
    public let amount: MicroUSDC
    /// The agent it is spent on.
    public let agent: String?
    /// When it was made.
    public let madeAt: Timestamp
    /// When it may be given up.
    public let expiresAt: Timestamp
    /// Where it stands.
    public internal(set) var state: HoldState

    /// What was charged to the wallet in the end.
    public var charged: MicroUSDC {
        if case .captured(let charged, _) = state { charged } else { .zero }
    }

    /// What the house bears of it.
    public var overrun: MicroUSDC {
        if case .captured(_, let overrun) = state { overrun } else { .zero }
    }
}

/// A hold to be made.
public struct HoldRequest: Hashable, Sendable {
    /// A day: longer than any call, short enough that forgotten money comes back.
    public static let maximumLifetimeSeconds: Int64 = 86_400

    /// The caller's id.
    public let id: String
    /// Whose money.
    public let wallet: WalletID
    /// The most the work can cost; zero for work that is free.
    public let amount: MicroUSDC
    /// The agent it is spent on.
    public let agent: String?
    /// When it may be given up.
    public let expiresAt: Timestamp

    /// A hold of `amount` until `expiresAt`.
    public init(id: String, wallet: WalletID, amount: MicroUSDC, agent: String? = nil, expiresAt: Timestamp) {
        self.id = id
        self.wallet = wallet
        self.amount = amount
        self.agent = agent
        self.expiresAt = expiresAt
    }

    func check(at now: Timestamp) throws(LedgerError) {
        try LedgerID.check(id)
        if let agent { try LedgerID.check(agent) }
        guard amount >= .zero, amount <= .maximum else { throw .amountOutOfRange }
        guard expiresAt > now, expiresAt <= now.adding(seconds: HoldRequest.maximumLifetimeSeconds) else {
            throw .expiryOutOfRange
        }
    }

    /// Whether `hold` is what this asks for: every field but the times, which differ when a request is repeated.
    func matches(_ hold: Hold) -> Bool {
        id == hold.id && wallet == hold.wallet && amount == hold.amount && agent == hold.agent
    }
}
