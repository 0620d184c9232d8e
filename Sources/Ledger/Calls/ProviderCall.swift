public import Primitives

/// A call to be made: what is written down, with its hold, before anything leaves the gateway.
public struct CallPlan: Hashable, Sendable {
    /// The caller's id.
    public let id: String
    /// The money for it, as much as `HoldBound` says.
    public let hold: HoldRequest
    /// The model's id as sent to the provider.
    public let model: String
    /// The prices it will be charged at, whatever the list says later.
    public let price: ModelPrice
    /// Whose provider key it runs on.
    public let plan: PaymentPlan
    /// The `max_tokens` that is sent, which the hold covers.
    public let maximumOutput: Int64
    /// The start of the program that makes the call: what another start finds unfinished was left behind.
    public let instance: String

    /// A plan by its parts.
    /// - Precondition: `maximumOutput` lies in 0...`Usage.maximumTokens`, as `HoldBound` wants it.
    public init(
        id: String, hold: HoldRequest, model: String, price: ModelPrice, plan: PaymentPlan, maximumOutput: Int64,
        instance: String
    ) {
        precondition((0...Usage.maximumTokens).contains(maximumOutput), "an impossible max_tokens")
        self.id = id
        self.hold = hold
        self.model = model
        self.price = price
        self.plan = plan
        self.maximumOutput = maximumOutput
        self.instance = instance
    }

    /// Whether `call` is what this asks for, its hold aside: every field but the program's start, which differs when a
    /// request is repeated after a crash.
    func matches(_ call: ProviderCall) -> Bool {
        id == call.id && hold.id == call.hold && model == call.model && price.snapshot == call.priceSnapshot
            && plan == call.plan && maximumOutput == call.maximumOutput
    }
}

/// A call in the book.
public struct ProviderCall: Hashable, Sendable {
    /// The caller's id.
    public let id: String
    /// Who pays.
    public let wallet: WalletID
    /// The hold it runs on; a hold serves one call.
    public let hold: String
    /// The agent that called.
    public let agent: String?
    /// The model's id as sent to the provider.
    public let model: String
    /// The prices it is charged at, as recorded; only settling reads them.
    let priceSnapshot: String
    /// Whose provider key it runs on.
    public let plan: PaymentPlan
    /// The `max_tokens` that was sent.
    public let maximumOutput: Int64
    /// The start of the program that made it.
    public let instance: String
    /// When it was planned.
    public let plannedAt: Timestamp
    /// What is known of it.
    public internal(set) var progress: CallProgress
    /// When it was settled; nil before.
    public internal(set) var settledAt: Timestamp?

    /// The prices it is charged at.
    /// - Throws: `LedgerError.brokenBook` if the record is damaged.
    public func price() throws(LedgerError) -> ModelPrice {
        try ModelPrice(snapshot: priceSnapshot)
    }
}

/// How an ended call came out.
public struct CallOutcome: Hashable, Sendable {
    /// The call.
    public let call: String
    /// Who paid.
    public let wallet: WalletID
    /// What was charged, and on what grounds; nil if nothing was used.
    public let usage: UsageCharge?
    /// What the wallet paid.
    public let charged: MicroUSDC
    /// What the house bears, because the cost exceeded the hold. Above zero deserves an alarm: the bound was wrong.
    public let overrun: MicroUSDC
    /// What the wallet can spend now.
    public let available: MicroUSDC
}
