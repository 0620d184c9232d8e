import Database
import EventLoops
import Primitives

/// Chat with an agent: holds the money, calls the provider, streams the answer, charges what it came to.
///
/// A turn makes two commits: one before the provider is called (message, hold, call and turn record) and one after
/// (charge, answer, outcome), and the client is told that the turn is done only after the second. What stands between
/// is noted without waiting, so that a crash at any point settles from what was recorded.
public final class ChatService: Sendable {
    let ports: ChatPorts
    private let admission: TurnAdmission
    let books: TurnBooks

    private let times: TurnTimes

    /// A service upon `ports`.
    public convenience init(_ ports: ChatPorts) {
        self.init(ports, times: TurnTimes())
    }

    init(_ ports: ChatPorts, times: TurnTimes) {
        self.ports = ports
        self.times = times
        books = TurnBooks(ports)
        admission = TurnAdmission(ports: ports, books: books, salt: ports.random.bytes(16))
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
        let seed = SealSeed(ports.random)
        // A session whose last turn is not written yet takes no other: a good moment to write it.
        if books.unwritten.holds(conversation: request.conversationID) {
            await books.unwritten.write(conversation: request.conversationID)
        }
        // Before the record can be seen by anybody.
        let stop: TurnStop
        do { stop = try books.census.enter(callID, of: request.wallet) } catch { throw refusal(error) }
        let opening: TurnAdmission.Opening
        do {
            opening = try await ports.database.write { [admission] tx in
                try admission.open(request, agent: agent, callID: callID, seed: seed, in: tx, at: now)
            }
        } catch {
            books.census.leave(callID)
            throw refusal(error)
        }
        switch opening {
        case .replay(let events):
            books.census.leave(callID)
            return RunningTurn(replaying: events)
        case .admitted(let turn, let key, let history): return try await call(turn, key, history, stop)
        }
    }

    private func call(
        _ turn: AdmittedTurn, _ key: PassedKey, _ history: SealedHistory, _ stop: TurnStop
    ) async throws(ChatError) -> RunningTurn {
        let loop = ports.loop
        let result = await stop.run(on: loop, withinMilliseconds: times.start) { [self] in
            await begin(turn, key, history, on: loop)
        }
        switch result {
        case .success(let answer):
            return RunningTurn(
                LiveTurn(turn: turn, answer: answer, books: books, stop: stop, times: times, loop: loop))
        case .failure(var failure):
            if failure == .provider(.cancelled) { failure = ChatService.refusal(of: stop.reason) }
            ports.watch.count(failure.code)
            await books.release(turn, code: failure.code)
            books.census.leave(turn.record.call)
            throw failure
        }
    }

    private func begin(
        _ turn: AdmittedTurn, _ key: PassedKey, _ history: SealedHistory, on loop: EventLoop
    ) async -> Result<any ProviderAnswer, ChatError> {
        do {
            let request = try await turn.request(history, ports.store)
            guard !Task.isCancelled else { throw ProviderRefusal.cancelled }
            books.recordSent(turn, on: loop)
            return .success(try await ports.provider.send(request, key: key))
        } catch {
            let failure = ChatError(error)
            if failure == .unexpected { ports.watch.unexpected(error) }
            return .failure(failure)
        }
    }

    /// What a call that was cancelled comes to. Only the time limit cancels without a reason: the provider is silent.
    private static func refusal(of reason: TurnStop.Reason?) -> ChatError {
        switch reason {
        case .clientLeft: .provider(.cancelled)
        case .interrupted: .shuttingDown
        case .timeLimit, nil: .provider(.unavailable)
        }
    }

    private func refusal(_ error: any Error) -> ChatError {
        let refusal = ChatError(error)
        if refusal == .unexpected { ports.watch.unexpected(error) }
        ports.watch.count(refusal.code)
        return refusal
    }
}
