import Cryptography
import Database
import DatabaseFixtures
import Primitives
import Synchronization
import Testing

@testable import Agents

@Suite("The bounds of a chat turn", .onEveryEngine)
struct ChatBoundsTests {
    /// Never returns by itself.
    @Sendable private static func hang() async throws {
        for await _ in AsyncStream.makeStream(of: Void.self).stream {}
        try Task.checkCancellation()
    }

    /// Runs the turn with a client that takes its events so, and returns those it took.
    private func collect(
        _ turn: RunningTurn, _ take: @escaping @Sendable (TurnEvent) async throws -> Void
    ) async -> [TurnEvent] {
        let taken = Mutex<[TurnEvent]>([])
        await turn.run { event in
            try await take(event)
            taken.withLock { $0.append(event) }
        }
        return taken.withLock { $0 }
    }

    @Test("A client that hardly takes anything does not hold a turn for ever: it is charged, and told")
    func slowClient() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, times: TurnTimes(answer: 50))
        let id = try await gateway.conversation()
        let answer = provider.answer(Array(ProviderEvent.hello.prefix(3)))
        let events = try await collect(gateway.chat.start(gateway.request(id))) { event in
            if case .text = event { try await Self.hang() }
        }
        for await _ in answer.stopped {}
        #expect(events == [.error(code: "turn_time_limit", message: TurnEnding.timeLimit.message)])
        #expect(try await gateway.calls().map(\.code) == ["turn_time_limit"])
        // All that had come by then: 20 in, and 4 out for eleven bytes.
        #expect(try await gateway.available() == 100_000 - 40)
        await gateway.close()
    }

    @Test("A provider that goes on for ever is stopped all the same")
    func slowProvider() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, times: TurnTimes(answer: 50))
        let id = try await gateway.conversation()
        provider.answer([ProviderEvent.hello[0], .text("Hello")])
        let events = try await gateway.say(gateway.request(id))
        #expect(events == [.text("Hello"), .error(code: "turn_time_limit", message: TurnEnding.timeLimit.message)])
        await gateway.close()
    }

    @Test("A client that does not take the last event is not waited for; the turn is charged by then")
    func lastEvent() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, times: TurnTimes(lastEvent: 50))
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let events = try await collect(gateway.chat.start(gateway.request(id))) { event in
            if event.isDone { try await Self.hang() }
        }
        #expect(events == [.text("Hello"), .text(" there")])
        #expect(gateway.chat.runningTurns == 0)
        #expect(try await gateway.available() == 100_000 - 40)
        await gateway.close()
    }

    @Test("A provider that is silent from the start is given up before the client gives up, and costs nothing")
    func silentStart() async throws {
        let provider = ScriptedProvider { _ in try? await Self.hang() }
        let gateway = try await TestGateway(provider: provider, times: TurnTimes(start: 50))
        let id = try await gateway.conversation()
        await #expect(throws: ChatError.provider(.unavailable)) { try await gateway.chat.start(gateway.request(id)) }
        #expect(try await gateway.available() == 100_000)
        #expect(gateway.chat.runningTurns == 0)
        #expect(TurnLimits.startMilliseconds < 60_000)
        await gateway.close()
    }

    @Test("An orderly end charges running turns and tells their clients; what has not started gets its money back")
    func interrupt() async throws {
        let (seen, see) = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { request in
            guard request.messages.last?.text == "Early" else { return }
            see.yield()
            try? await Self.hang()
        }
        let gateway = try await TestGateway(provider: provider)
        let (id, other) = (try await gateway.conversation(), try await gateway.conversation())
        provider.answer([ProviderEvent.hello[0], .text("Hello")])
        let turn = try await gateway.chat.start(gateway.request(id, key: "k"))
        let early = Task { try await gateway.chat.start(gateway.request(other, "Early")) }
        for await _ in seen { break }
        let events = await collect(turn) { event in
            if event == .text("Hello") { gateway.chat.interrupt() }
        }
        #expect(events == [.text("Hello"), .error(code: "interrupted", message: TurnEnding.interrupted.message)])
        await #expect(throws: ChatError.shuttingDown) { _ = try await early.value }
        await #expect(throws: ChatError.shuttingDown) { try await gateway.chat.start(gateway.request(id, "Next")) }
        await gateway.chat.idle()
        #expect(try await gateway.available() == 100_000 - 30)
        #expect(Set(try await gateway.calls().map(\.code)) == ["interrupted", "shutting_down"])
        #expect(try await gateway.messages(id).map(\.isWhole) == [true, false])
        #expect(try await gateway.messages(other).isEmpty)
        await gateway.close()
    }

    @Test("A turn that runs is left alone, whatever the clock says")
    func clockJumps() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer([ProviderEvent.hello[0]])
        let turn = try await gateway.chat.start(gateway.request(id))
        gateway.clock.advance(seconds: 36_000)
        #expect(try await gateway.chat.sweep() == EndedTurns())
        #expect(try await gateway.chat.recover() == EndedTurns())
        await #expect(throws: ChatError.turnInProgress) { try await gateway.chat.start(gateway.request(id, "Next")) }
        answer.say(Array(ProviderEvent.hello.dropFirst()))
        #expect(await TestGateway.collect(turn).last?.isDone == true)
        #expect(try await gateway.available() == 100_000 - 40)
        await gateway.close()
    }

    @Test("A wallet has so many turns at a time; others are not kept waiting")
    func turnsPerWallet() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, balance: 1_000_000)
        var turns: [(RunningTurn, ScriptedAnswer)] = []
        for _ in 0..<TurnLimits.runningPerWallet {
            let answer = provider.answer([ProviderEvent.hello[0]])
            turns.append((try await gateway.chat.start(gateway.request(gateway.conversation())), answer))
        }
        let (id, bobs) = (try await gateway.conversation(), try await gateway.conversation(TestGateway.bob))
        await #expect(throws: ChatError.tooManyTurns) { try await gateway.chat.start(gateway.request(id)) }
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(bobs, wallet: TestGateway.bob)).count == 3)
        for (turn, answer) in turns {
            answer.say(Array(ProviderEvent.hello.dropFirst()))
            #expect(await TestGateway.collect(turn).count == 3)
        }
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id)).count == 3)
        await gateway.close()
    }

    @Test("The wallet's key is let go of once the provider has it, while the answer streams")
    func keyIsLetGo() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer([ProviderEvent.hello[0]])
        let turn = try await gateway.chat.start(gateway.request(id))
        #expect(gateway.keys.opened == 1 && gateway.keys.held == 0)
        answer.say(Array(ProviderEvent.hello.dropFirst()))
        #expect(await TestGateway.collect(turn).count == 3)
        await gateway.close()
    }

    @Test("A full secret memory is a refusal that passes, and leaves nothing behind")
    func secretMemory() async throws {
        let gateway = try await TestGateway(provider: ScriptedProvider())
        let id = try await gateway.conversation()
        gateway.keys.set(SecretError.exhausted, for: TestGateway.alice)
        await #expect(throws: ChatError.secretMemoryFull) { try await gateway.chat.start(gateway.request(id)) }
        #expect(try await gateway.messages(id).isEmpty)
        #expect(gateway.chat.runningTurns == 0)
        await gateway.close()
    }
}
