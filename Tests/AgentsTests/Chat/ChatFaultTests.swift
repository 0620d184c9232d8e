import Database
import DatabaseFixtures
import Primitives
import Synchronization
import Testing

@testable import Agents

@Suite("A chat turn when things go wrong", .onEveryEngine)
struct ChatFaultTests {
    @Test(
        "A provider that never started costs nothing and leaves nothing, so the same request may come again",
        arguments: [
            ProviderRefusal.keyRejected, .rateLimited(retryAfterSeconds: 7), .unavailable, .requestRefused,
        ])
    func refused(refusal: ProviderRefusal) async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.refuse(refusal)
        await #expect(throws: ChatError.provider(refusal)) {
            try await gateway.chat.start(gateway.request(id, key: "k"))
        }
        #expect(try await gateway.available() == 100_000)
        #expect(try await gateway.messages(id).isEmpty)
        #expect(try await gateway.runningTurnRecords() == 0)
        #expect(try await gateway.calls().map(\.code) == [ChatError.provider(refusal).code])
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id, key: "k")).count == 3)
        await gateway.close()
    }

    @Test("An answer that breaks off is charged by what came, kept as a part, and ends with an error event")
    func cut() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer([ProviderEvent.hello[0], .text("Hello wor"), .failed(.cut)])
        let events = try await gateway.say(gateway.request(id))
        #expect(
            events == [
                .text("Hello wor"),
                .error(code: "provider_cut", message: TurnEnding.provider(.cut).message),
            ])
        // 20 in, and 3 out: nine bytes by three.
        #expect(try await gateway.available() == 100_000 - 35)
        let messages = try await gateway.messages(id)
        #expect(messages.map(\.text) == ["Hi", "Hello wor"] && messages.map(\.isWhole) == [true, false])
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "Go on"))
        #expect(provider.requests.last?.messages.map(\.text) == ["Hi", "Hello wor", "Go on"])
        await gateway.close()
    }

    @Test("An answer that breaks off before its first word leaves the question alone")
    func cutBeforeText() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer([ProviderEvent.hello[0]])
        answer.end()
        #expect(try await gateway.say(gateway.request(id)).count == 1)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi"])
        #expect(try await gateway.available() == 100_000 - 25)
        await gateway.close()
    }

    @Test("A client that leaves in mid-stream stops the provider at once and is charged for what came")
    func clientLeaves() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer(Array(ProviderEvent.hello.prefix(3)))
        let turn = try await gateway.chat.start(gateway.request(id, key: "k"))
        let (told, tell) = AsyncStream.makeStream(of: TurnEvent.self)
        let client = Task { await turn.run { event in tell.yield(event) } }
        var heard: [TurnEvent] = []
        for await event in told {
            heard.append(event)
            if heard.count == 2 { break }
        }
        client.cancel()
        for await _ in answer.stopped {}
        await client.value
        #expect(heard == [.text("Hello"), .text(" there")])
        // 20 in, and 4 out: eleven bytes by three.
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.messages(id).map(\.isWhole) == [true, false])
        #expect(try await gateway.calls().map(\.code) == ["client_left"])
        let again = try await gateway.say(gateway.request(id, key: "k"))
        #expect(again.first == .text("Hello there"))
        #expect(provider.requests.count == 1)
        await gateway.close()
    }

    @Test("A client whose connection takes no more counts as gone; what had come by then is charged in full")
    func sendFails() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let turn = try await gateway.chat.start(gateway.request(id))
        let count = Mutex(0)
        await turn.run { _ in
            count.withLock { $0 += 1 }
            throw CancellationError()
        }
        #expect(count.withLock { $0 } == 1)
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi", "Hello there"])
        #expect(try await gateway.messages(id).allSatisfy(\.isWhole))
        await gateway.close()
    }

    @Test("A turn that is never run is stopped and charged when it is let go")
    func neverRun() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer([ProviderEvent.hello[0]])
        do {
            let turn = try await gateway.chat.start(gateway.request(id))
            #expect(gateway.chat.runningTurns == 1)
            withExtendedLifetime(turn) {}
        }
        for await _ in answer.stopped {}
        await gateway.chat.idle()
        #expect(try await gateway.runningTurnRecords() == 0)
        #expect(try await gateway.available() == 100_000 - 25)
        await gateway.close()
    }

    @Test("A turn runs once")
    func runTwice() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let turn = try await gateway.chat.start(gateway.request(id))
        #expect(await TestGateway.collect(turn).count == 3)
        #expect(await TestGateway.collect(turn).isEmpty)
        await gateway.close()
    }

    @Test("A client that leaves before the provider has started gets its money back")
    func leavesEarly() async throws {
        let (seen, see) = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _ in
            see.yield()
            for await _ in AsyncStream.makeStream(of: Void.self).stream { break }
        }
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let client = Task { try await gateway.chat.start(gateway.request(id)) }
        for await _ in seen { break }
        client.cancel()
        await #expect(throws: ChatError.provider(.cancelled)) { try await client.value }
        #expect(try await gateway.available() == 100_000)
        #expect(try await gateway.messages(id).isEmpty)
        #expect(try await gateway.runningTurnRecords() == 0)
        await gateway.close()
    }

    @Test("A history that was tampered with is not sent: the turn is undone")
    func tampered() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id))
        try await gateway.database.write {
            _ = try $0.execute(
                """
                update messages set sealed = (select sealed from messages where sequence = 1) where sequence = 2
                """, [])
        }
        await #expect(throws: ChatError.unexpected) { try await gateway.chat.start(gateway.request(id, "Next")) }
        #expect(provider.requests.count == 1)
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.runningTurnRecords() == 0)
        await gateway.close()
    }

    @Test("A charge that meets a full disk is tried again")
    func fullForAMoment() async throws {
        let provider = ScriptedProvider()
        let ledger = FailingLedger(settleFailures: 2)
        let gateway = try await TestGateway(provider: provider, spending: ledger)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id)).last?.isDone == true)
        #expect(try await gateway.available() == 100_000 - 40)
        await gateway.close()
    }

    @Test("Storage that fails at the start is a refusal that costs nothing")
    func storageFails() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, spending: FailingLedger(admitFailures: 1))
        let id = try await gateway.conversation()
        await #expect(throws: ChatError.storageUnavailable) { try await gateway.chat.start(gateway.request(id)) }
        #expect(try await gateway.messages(id).isEmpty)
        await gateway.database.close()
        await #expect(throws: ChatError.storageUnavailable) { try await gateway.chat.start(gateway.request(id)) }
        #expect(provider.requests.isEmpty)
    }
}

extension TurnEvent {
    var isDone: Bool {
        if case .done = self { true } else { false }
    }
}
