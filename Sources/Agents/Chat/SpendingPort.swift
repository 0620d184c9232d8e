public import Database
public import Primitives

/// What a turn needs of the ledger. Every function works in the caller's transaction and opens none of its own.
public protocol SpendingPort: Sendable {
    /// Whether the price list knows the model, under an alias, a dated id or its own id.
    func knows(model: String) -> Bool

    /// Holds the most the call may cost and writes the call down as planned.
    ///
    /// Throws `SpendingRefusal`. Called again with the same call id in a body that runs again: what the first run did
    /// is undone by then.
    func admit(_ call: CallRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> CallAdmission

    /// Notes that the request is about to leave. Commits at some time soon; the caller does not wait for it.
    func recordSent(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws

    /// Notes what came so far. A call that has been settled in the meantime stays as it is.
    func recordProgress(
        _ call: String, _ progress: TurnProgress, in tx: borrowing WriteTransaction, at now: Timestamp) throws

    /// Ends the call and charges what the report says, from whatever state it was in: a report may overtake the
    /// records of its progress.
    func settle(
        _ call: String, _ report: TurnReport, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge

    /// Ends the call without a charge. `code` says why, in lower-case letters and underscores.
    func release(_ call: String, code: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws

    /// Ends a call that died with its process, from what was recorded of it. Nil if that comes to nothing.
    func settleAbandoned(
        _ call: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge?
}

/// Why the ledger did not admit a call.
public enum SpendingRefusal: Error, Hashable, Sendable {
    /// The price list does not know the model.
    case unknownModel
    /// The wallet cannot pay for the smallest answer.
    case insufficientBalance(available: MicroUSDC, needed: MicroUSDC)
}

/// A call to be admitted.
public struct CallRequest: Hashable, Sendable {
    /// The call's id, made by the caller. Holds and records may be named after it.
    public let id: String
    /// Who pays.
    public let wallet: WalletID
    /// The agent that calls.
    public let agentID: String
    /// The model as the client named it.
    public let model: String
    /// No input has more tokens than this many bytes: system prompt, history, new message and what frames them.
    public let requestBytes: Int
    /// The most output tokens the client wants; nil for the model's default.
    public let maximumOutputTokens: Int?

    /// A call.
    public init(
        id: String, wallet: WalletID, agentID: String, model: String, requestBytes: Int, maximumOutputTokens: Int?
    ) {
        self.id = id
        self.wallet = wallet
        self.agentID = agentID
        self.model = model
        self.requestBytes = requestBytes
        self.maximumOutputTokens = maximumOutputTokens
    }
}

/// An admitted call: the money for it is held.
public struct CallAdmission: Hashable, Sendable {
    /// The provider's id of the model.
    public let modelID: String
    /// The limit of output tokens that the hold covers. It is always sent upstream.
    public let maximumOutputTokens: Int

    /// An admission.
    public init(modelID: String, maximumOutputTokens: Int) {
        self.modelID = modelID
        self.maximumOutputTokens = maximumOutputTokens
    }
}

/// What a turn came to.
public struct TurnCharge: Hashable, Sendable {
    /// What the wallet paid.
    public let cost: MicroUSDC
    /// What the wallet can spend now.
    public let availableAfter: MicroUSDC
    /// The tokens that were charged.
    public let usage: TokenUsage

    /// A charge.
    public init(cost: MicroUSDC, availableAfter: MicroUSDC, usage: TokenUsage) {
        self.cost = cost
        self.availableAfter = availableAfter
        self.usage = usage
    }
}
