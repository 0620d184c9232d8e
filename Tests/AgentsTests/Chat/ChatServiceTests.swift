import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Agents

@Suite("A chat turn from end to end", .onEveryEngine)
struct ChatServiceTests {
    @Test("The answer streams, is charged and kept, and done carries what it cost and what is left")
    func whole() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let events = try await gateway.say(gateway.request(id, "Hi"))
        let summary = TurnSummary(
            model: "claude-haiku-test", cost: MicroUSDC(40), balanceRemaining: MicroUSDC(99_960), inputTokens: 20,
            outputTokens: 4)
        #expect(events == [.text("Hello"), .text(" there"), .done(summary)])
        #expect(try await gateway.available() == 99_960)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi", "Hello there"])
        #expect(try await gateway.messages(id).allSatisfy(\.isWhole))
        #expect(try await gateway.runningTurnRecords() == 0)
        #expect(try await gateway.conversations.list(of: TestGateway.alice).first?.preview == "Hi")
        #expect(gateway.chat.runningTurns == 0)
        await gateway.close()
    }

    @Test("The provider is sent the agent's prompt, the conversation, the model and the limit that was held for")
    func upstream() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "One"))
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "Two", model: "sonnet", limit: 77))
        let request = try #require(provider.requests.last)
        #expect(request.model == "claude-sonnet-test" && request.maximumTokens == 77)
        #expect(request.system == AgentCatalogue.builtIn["assistant"]?.systemPrompt)
        #expect(
            request.messages == [
                .init(role: .user, text: "One"), .init(role: .assistant, text: "Hello there"),
                .init(role: .user, text: "Two"),
            ])
        await gateway.close()
    }

    @Test("A long history goes upstream whole, prepared off the event loop")
    func longHistory() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, balance: 10_000_000)
        let id = try await gateway.conversation()
        let text = String(repeating: "\"é\n", count: ConversationLimits.messageBytes / 8)
        for _ in 0..<3 {
            provider.answer(ProviderEvent.hello)
            _ = try await gateway.say(gateway.request(id, text))
        }
        #expect(provider.requests.last?.messages.map(\.text) == [text, "Hello there", text, "Hello there", text])
        await gateway.close()
    }

    @Test("Everything is held before the provider is called, and nothing is charged yet")
    func heldFirst() async throws {
        let (seen, see) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let provider = ScriptedProvider { _ in
            see.yield()
            for await _ in gate { return }
        }
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        async let events = gateway.say(gateway.request(id))
        for await _ in seen { break }
        // The next write stands behind `sent` in the writer's queue.
        try await gateway.database.write { _ in }
        let call = try #require(try await gateway.calls().first)
        #expect(call.state == "sent" && call.held > 5_000 && call.cost == 0)
        #expect(try await gateway.available() == 100_000 - call.held)
        #expect(try await gateway.runningTurnRecords() == 1)
        open.yield()
        #expect(try await events.count == 3)
        await gateway.close()
    }

    @Test("What cannot begin leaves no trace: no message, no hold, no call upstream")
    func refusals() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let long = String(repeating: "x", count: ConversationLimits.messageBytes)
        let cases: [(ChatRequest, ChatError)] = [
            (gateway.request("ses_unknown"), .sessionNotFound),
            (gateway.request(id, wallet: TestGateway.bob), .sessionNotFound),
            (gateway.request(id, " \n\u{2003}"), .emptyMessage), (gateway.request(id, ""), .emptyMessage),
            (gateway.request(id, long + "x"), .messageTooLong), (gateway.request(id, limit: 0), .invalidOutputLimit),
            (gateway.request(id, key: "no spaces"), .invalidIdempotencyKey),
            (gateway.request(id, model: "gpt-1"), .unknownModel),
        ]
        for (request, error) in cases {
            await #expect(throws: error) { try await gateway.chat.start(request) }
        }
        let stranger = ChatRequest(
            wallet: TestGateway.alice, grant: "g", agentID: "nobody", conversationID: id, text: "Hi")
        await #expect(throws: ChatError.agentNotFound) { try await gateway.chat.start(stranger) }
        let wrong = ChatRequest(
            wallet: TestGateway.alice, grant: "g", agentID: "editor", conversationID: id, text: "Hi")
        await #expect(throws: ChatError.sessionNotFound) { try await gateway.chat.start(wrong) }
        #expect(try await gateway.messages(id).isEmpty)
        #expect(try await gateway.calls().isEmpty)
        #expect(provider.requests.isEmpty)
        await gateway.close()
    }

    @Test("A missing or locked key is told before anything is held, and before an empty balance")
    func keys() async throws {
        let gateway = try await TestGateway(provider: ScriptedProvider(), balance: 0)
        let id = try await gateway.conversation()
        for (problem, isLocked) in [(ProviderKeyProblem.missing, false), (.locked, true)] {
            gateway.keys.set(problem, for: TestGateway.alice)
            await #expect(throws: ChatError.missingSecrets(isLocked: isLocked)) {
                try await gateway.chat.start(gateway.request(id, key: "k"))
            }
        }
        gateway.keys.set(nil, for: TestGateway.alice)
        do {
            _ = try await gateway.chat.start(gateway.request(id, key: "k"))
            Issue.record("admitted without money")
        } catch {
            #expect(error.code == "insufficient_balance" && error.status == 402)
        }
        #expect(try await gateway.calls().isEmpty)
        #expect(try await gateway.messages(id).isEmpty)
        #expect(try await gateway.runningTurnRecords() == 0)
        await gateway.close()
    }

    @Test("A message at the limit is taken; a conversation takes turns up to its limits")
    func limits() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, balance: 10_000_000)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let long = String(repeating: "x", count: ConversationLimits.messageBytes)
        #expect(try await gateway.say(gateway.request(id, long)).count == 3)

        try await gateway.fill(id, toMessages: ConversationLimits.messages - 3)
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id)).count == 3)
        await #expect(throws: ChatError.sessionFull) { try await gateway.chat.start(gateway.request(id)) }

        let heavy = try await gateway.conversation()
        try await gateway.database.write {
            _ = try $0.execute(
                "update conversations set content_bytes = $2 where id = $1",
                [.text(heavy), .integer(Int64(ConversationLimits.contentBytes - 2))])
        }
        await #expect(throws: ChatError.sessionFull) { try await gateway.chat.start(gateway.request(heavy, "abc")) }
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(heavy, "ab")).count == 3)
        await gateway.close()
    }

    @Test("A conversation answers one message at a time")
    func oneTurn() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer()
        answer.say([ProviderEvent.hello[0]])
        let turn = try await gateway.chat.start(gateway.request(id))
        await #expect(throws: ChatError.turnInProgress) { try await gateway.chat.start(gateway.request(id, "Again")) }
        answer.say(Array(ProviderEvent.hello.dropFirst()))
        #expect(await TestGateway.collect(turn).count == 3)
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id, "Again")).count == 3)
        await gateway.close()
    }

    @Test("A conversation deleted in mid-turn is charged and leaves nothing")
    func deleted() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let answer = provider.answer()
        answer.say([ProviderEvent.hello[0]])
        let turn = try await gateway.chat.start(gateway.request(id, key: "k"))
        try await gateway.conversations.delete(id, of: TestGateway.alice, agentID: "assistant")
        answer.say(Array(ProviderEvent.hello.dropFirst()))
        #expect(await TestGateway.collect(turn).count == 3)
        #expect(try await gateway.available() == 99_960)
        #expect(try await gateway.runningTurnRecords() == 0)
        await #expect(throws: ChatError.sessionNotFound) { try await gateway.chat.start(gateway.request(id, key: "k")) }
        await gateway.close()
    }

    @Test("Many turns at once, each in its own conversation, add up")
    func concurrent() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, balance: 1_000_000)
        let turns = TurnLimits.runningPerWallet
        var ids: [String] = []
        for _ in 0..<turns {
            ids.append(try await gateway.conversation())
            provider.answer(ProviderEvent.hello)
        }
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for id in ids { group.addTask { try await gateway.say(gateway.request(id)).count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 3, count: turns))
        #expect(try await gateway.available() == 1_000_000 - 40 * Int64(turns))
        await gateway.close()
    }
}

extension TestGateway {
    /// Adds short messages until the conversation holds so many.
    func fill(_ id: String, toMessages count: Int) async throws {
        try await database.write { [store, clock] tx in
            while true {
                let conversation = try store.conversation(id, of: Self.alice, in: tx)
                guard conversation.messageCount < count else { return }
                _ = try store.append(Message(role: .user, text: "x", createdAt: clock.now()), to: conversation, in: tx)
            }
        }
    }
}
