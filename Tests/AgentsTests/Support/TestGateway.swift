import Cryptography
import Database
import DatabaseFixtures
import EventLoops
import Foundation
import Primitives
import Synchronization
import Telemetry

@testable import Agents

/// A folder of its own for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sealgate-agents-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Keys for the wallets that a test lists.
final class TestKeys: ProviderKeyPort {
    private struct Opened {
        weak var secret: Secret?
    }

    private let problems = Mutex<[WalletID: any Error]>([:])
    private let secrets = Mutex<[Opened]>([])

    /// Keys that were opened.
    var opened: Int { secrets.withLock { $0.count } }
    /// Those that somebody still holds.
    var held: Int { secrets.withLock { $0.count { $0.secret != nil } } }

    func set(_ problem: (any Error)?, for wallet: WalletID) {
        problems.withLock { $0[wallet] = problem }
    }

    func openKey(
        for wallet: WalletID, grant: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Secret {
        if let problem = problems.withLock({ $0[wallet] }) { throw problem }
        let secret = try Secret(copying: Array("sk-ant-test-\(grant)".utf8))
        secrets.withLock { $0.append(Opened(secret: secret)) }
        return secret
    }
}

/// A chat service upon a real database file and scripted surroundings.
final class TestGateway: Sendable {
    static let alice = WalletID(1)
    static let bob = WalletID(2)
    static let loops: EventLoopGroup? = try? EventLoopGroup(count: 1)
    /// Its lines go nowhere.
    static let log = Log(descriptor: open("/dev/null", O_WRONLY), clock: SystemClock())
    static let silent = TurnWatch(log: log, metrics: Metrics())

    let folder: TemporaryFolder
    let database: Database
    let store: ConversationStore
    let keys = TestKeys()
    let provider: ScriptedProvider?
    let clock: ManualClock
    let ports: ChatPorts
    let chat: ChatService
    let conversations: ConversationService

    init(
        provider: any ProviderPort, spending: any SpendingPort = TestLedger(), folder: TemporaryFolder? = nil,
        balance: Int64 = 100_000, watch: TurnWatch = silent,
        times: TurnTimes = TurnTimes()
    ) async throws {
        let isFresh = folder == nil
        self.provider = provider as? ScriptedProvider
        self.folder = try folder ?? TemporaryFolder()
        clock = ManualClock(Timestamp(unixSeconds: 1_790_000_000))
        let random = SystemRandom()
        database = try Database(
            TestPlace.location(of: self.folder.path + "/agents.db"),
            migrations: MigrationPlan(AgentsSchema.migrations, TestLedger.migrations))
        let root = try Secret(copying: Array(repeating: 7, count: 32))
        store = try ConversationStore(root: root)
        guard let loops = Self.loops else { throw CocoaError(.featureUnsupported) }
        ports = ChatPorts(
            database: database, store: store, catalogue: .builtIn, spending: spending, keys: keys,
            idempotency: TestIdempotency(), provider: provider, loops: loops, clock: clock, random: random,
            watch: watch)
        chat = ChatService(ports, times: times)
        conversations = ConversationService(ports)
        guard isFresh else { return }
        try await database.write { tx in
            for wallet in [Self.alice, Self.bob] { try TestLedger.open(wallet, balance: balance, in: tx) }
        }
    }

    func close() async {
        await chat.idle()
        await database.close()
    }

    func conversation(_ wallet: WalletID = alice, agent: String = "assistant") async throws -> String {
        try await conversations.create(for: wallet, agentID: agent).id
    }

    func request(
        _ conversation: String, _ text: String = "Hi", wallet: WalletID = alice, model: String? = nil,
        limit: Int? = nil, key: String? = nil
    ) -> ChatRequest {
        ChatRequest(
            wallet: wallet, grant: "grant", agentID: "assistant", conversationID: conversation, text: text,
            model: model,
            maximumOutputTokens: limit, idempotencyKey: key)
    }

    /// Runs the turn to its end and returns what the client was told.
    func say(_ request: ChatRequest) async throws -> [TurnEvent] {
        try await Self.collect(chat.start(request))
    }

    static func collect(_ turn: RunningTurn) async -> [TurnEvent] {
        let events = Mutex<[TurnEvent]>([])
        await turn.run { event in events.withLock { $0.append(event) } }
        return events.withLock { $0 }
    }

    func available(_ wallet: WalletID = alice) async throws -> Int64 {
        try await database.read { try TestLedger.available(wallet, in: $0) }
    }

    func calls() async throws -> [TestLedger.Call] {
        try await database.read { try TestLedger.calls(in: $0) }
    }

    func messages(_ conversation: String) async throws -> [Message] {
        try await conversations.transcript(conversation, of: Self.alice, agentID: "assistant").messages
    }

    func runningTurnRecords() async throws -> Int {
        try await database.scan { try TurnRecord.all(in: $0).count }
    }
}

extension ProviderEvent {
    /// A whole short answer: 20 tokens in, 4 out, 40 micro-USDC by `TestLedger`.
    static let hello: [ProviderEvent] = [
        .started(model: "claude-haiku-test-1", usage: TokenUsage(freshInput: 20, output: 1)),
        .text("Hello"), .text(" there"), .usage(TokenUsage(freshInput: 20, output: 4)), .stopped(.endTurn), .finished,
    ]
}
