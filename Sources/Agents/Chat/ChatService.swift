import Cryptography
import Database
import EventLoops
import Primitives

/// Chat with an agent: holds the money, calls the provider, streams the answer, charges what it came to.
///
/// A turn makes two commits: one before the provider is called (message, hold, call and turn record) and one after
/// (charge, answer, outcome), and the client is told that the turn is done only after the second. What stands between
/// is noted without waiting, so that a crash at any point settles from what was recorded.
public final class ChatService: Sendable {
    private let ports: ChatPorts
    private let admission: TurnAdmission
    private let books: TurnBooks

    /// A service upon `ports`.
    public init(_ ports: ChatPorts) {
        self.ports = ports
        let closing = TurnClosing(store: ports.store, spending: ports.spending, idempotency: ports.idempotency)
        admission = TurnAdmission(ports: ports, closing: closing)
        books = TurnBooks(ports: ports, closing: closing, census: TurnCensus())
    }

    /// Begins a turn and returns once the provider has begun to answer; until then nothing is charged, and whatever
    /// goes wrong is thrown. Whoever gets the turn must run it.
    ///
    /// Cancelling the task before that stops the provider and gives the money back.
    public func start(_ request: ChatRequest) async throws(ChatError) -> RunningTurn {
        try request.check()
        guard let agent = ports.catalogue[request.agentID] else { throw .agentNotFound }
        let now = ports.clock.now()
        let callID = Identifier.make("call_", at: now, random: ports.random)
        let opening: TurnAdmission.Opening
        do {
            opening = try await ports.database.write { [admission] tx in
                try admission.open(request, agent: agent, callID: callID, in: tx, at: now)
            }
        } catch {
            throw refusal(error)
        }
        switch opening {
        case .replay(let events): return RunningTurn(replaying: events)
        case .admitted(let turn, let key, let history): return try await call(turn, key, history)
        }
    }

    private func call(
        _ turn: AdmittedTurn, _ key: Secret, _ history: SealedHistory
    ) async throws(ChatError) -> RunningTurn {
        books.census.enter()
        let loop = ports.loop
        let failure: ChatError
        do {
            let request = try await turn.request(history, ports.store)
            guard !Task.isCancelled else { throw ProviderRefusal.cancelled }
            books.recordSent(turn, on: loop)
            let answer = try await ports.provider.send(request, key: key)
            return RunningTurn(LiveTurn(turn: turn, answer: answer, books: books, loop: loop))
        } catch {
            failure = refusal(error)
        }
        await books.release(turn, code: failure.code)
        books.census.leave()
        throw failure
    }

    private func refusal(_ error: any Error) -> ChatError {
        let refusal = ChatError(error)
        if refusal == .unexpected { ports.watch?.unexpected(error) }
        ports.watch?.count(refusal.code)
        return refusal
    }

    /// Ends every turn that a process before this one left behind, from what was recorded of it, and returns how many
    /// there were. To be called before the first `start`, by the only process that uses the database.
    public func recover() async throws -> Int {
        try await endTurns { _, _ in true }
    }

    /// Ends the turns whose lease has run out: those whose last write failed. To be called now and then.
    public func sweep() async throws -> Int {
        try await endTurns { $0.expiresAt <= $1 }
    }

    private func endTurns(
        _ isOver: @escaping @Sendable (TurnRecord, _ now: Timestamp) -> Bool
    ) async throws -> Int {
        let now = ports.clock.now()
        let turns = try await ports.database.scan { try TurnRecord.all(in: $0) }.filter { isOver($0, now) }
        for turn in turns {
            try await ports.database.write { [closing = books.closing] tx in
                try closing.endAbandoned(turn, in: tx, at: now)
            }
        }
        ports.watch?.ended(afterTheFact: turns.count)
        return turns.count
    }

    /// Turns under way in this process.
    public var runningTurns: Int { books.census.count }

    /// Returns once no turn is under way in this process: for an orderly end, after the server has drained.
    public func idle() async {
        await books.census.idle()
    }
}
