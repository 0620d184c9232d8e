public import Database
public import EventLoops
public import Primitives

/// Everything a chat needs from outside, plugged in by the gateway.
public struct ChatPorts: Sendable {
    /// Where it all is written.
    public let database: Database
    /// Conversations in it.
    public let store: ConversationStore
    /// The agents on offer.
    public let catalogue: AgentCatalogue
    /// The ledger.
    public let spending: any SpendingPort
    /// The vault.
    public let keys: any ProviderKeyPort
    /// The memory of repeated requests.
    public let idempotency: any IdempotencyPort
    /// The model provider.
    public let provider: any ProviderPort
    /// Where timers and writes that nobody waits for run.
    public let loops: EventLoopGroup
    /// The time.
    public let clock: any WallClock
    /// Where ids come from.
    public let random: any RandomSource
    /// Who tells the operator.
    public let watch: TurnWatch

    /// All of them.
    public init(
        database: Database, store: ConversationStore, catalogue: AgentCatalogue, spending: any SpendingPort,
        keys: any ProviderKeyPort, idempotency: any IdempotencyPort, provider: any ProviderPort,
        loops: EventLoopGroup, clock: any WallClock, random: any RandomSource, watch: TurnWatch
    ) {
        self.database = database
        self.store = store
        self.catalogue = catalogue
        self.spending = spending
        self.keys = keys
        self.idempotency = idempotency
        self.provider = provider
        self.loops = loops
        self.clock = clock
        self.random = random
        self.watch = watch
    }

    /// The loop the caller runs on, or the next one.
    var loop: EventLoop {
        loops.loops.first { $0.inLoop } ?? loops.next()
    }
}
