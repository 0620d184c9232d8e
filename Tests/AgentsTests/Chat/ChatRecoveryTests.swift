import Database
import DatabaseFixtures
import Primitives
import Telemetry
import Testing

@testable import Agents

@Suite("A chat turn whose process died", .onEveryEngine)
struct ChatRecoveryTests {
    /// A service that dies at the point where `answer` has said so much, and the next one upon the same file.
    private func reborn(
        said: [ProviderEvent], key: String? = nil, watch: TurnWatch = TestGateway.silent
    ) async throws -> (gateway: TestGateway, conversation: String) {
        let provider = ScriptedProvider()
        let ledger = FailingLedger()
        let first = try await TestGateway(provider: provider, spending: ledger)
        let id = try await first.conversation()
        let answer = provider.answer(said)
        let turn = try await first.chat.start(first.request(id, key: key))
        let client = Task { await turn.run { _ in } }
        await ledger.progressWasNoted()
        // From here on nothing is written any more, as in a process that is gone.
        await first.database.close()
        answer.end()
        await client.value
        let folder = first.folder
        return (try await TestGateway(provider: ScriptedProvider(), folder: folder, watch: watch), id)
    }

    @Test("A turn that had started is charged by what was noted; its answer is lost, its question stays")
    func started() async throws {
        let (gateway, id) = try await reborn(said: [ProviderEvent.hello[0], .text("Hello")], key: "k")
        let held = try #require(try await gateway.calls().first).held
        #expect(held > 0)
        #expect(try await gateway.available() == 100_000 - held)
        #expect(try await gateway.chat.recover().ended == 1)
        #expect(try await gateway.available() == 100_000 - 30)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi"])
        #expect(try await gateway.runningTurnRecords() == 0)
        let again = try await gateway.say(gateway.request(id, key: "k"))
        #expect(again == [.error(code: "interrupted", message: TurnEnding.interrupted.message)])
        #expect(try await gateway.chat.recover().ended == 0)
        await gateway.close()
    }

    @Test("A turn of which no usage was noted costs nothing and may be sent again")
    func unknown() async throws {
        let (gateway, id) = try await reborn(said: [.started(model: nil, usage: nil)], key: "k")
        #expect(try await gateway.chat.recover().ended == 1)
        #expect(try await gateway.available() == 100_000)
        #expect(try await gateway.messages(id).isEmpty)
        await #expect(throws: ChatError.provider(.unavailable)) {
            try await gateway.chat.start(gateway.request(id, key: "k"))
        }
        await gateway.close()
    }

    @Test("A message that is taken back when the next one comes leaves no gap in the conversation")
    func noGap() async throws {
        let (gateway, id) = try await reborn(said: [.started(model: nil, usage: nil)])
        gateway.clock.advance(seconds: 3_600)
        gateway.provider?.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id, "Next")).count == 3)
        let transcript = try await gateway.conversations.transcript(id, of: TestGateway.alice, agentID: "assistant")
        #expect(transcript.messages.map(\.text) == ["Next", "Hello there"])
        #expect(transcript.conversation.messageCount == 2)
        let sequences = try await gateway.database.read {
            try $0.rows("select sequence from messages order by sequence", []) { try $0.integer(0) }
        }
        #expect(sequences == [1, 2])
        await gateway.close()
    }

    @Test("A turn that cannot be read or ended is reported, and does not keep the others from their money")
    func unreadable() async throws {
        let metrics = Metrics()
        let watch = TurnWatch(log: TestGateway.log, metrics: metrics)
        let (gateway, id) = try await reborn(said: [ProviderEvent.hello[0], .text("Hello")], watch: watch)
        let others = [try await gateway.conversation(), try await gateway.conversation()]
        try await gateway.database.write { tx in
            // A key without its fingerprint, and a call that the ledger takes for a fault.
            try tx.execute(
                """
                insert into turns values ($1, 'call_0', 1, 1, 'k', null, 1, 1), ($2, 'call_1', 1, 1, null, null, 1, 1)
                """, [.text(others[0]), .text(others[1])])
            try tx.execute("insert into calls values ('call_1', 2, 0, 'odd', 1, 1, 0, 0, null)", [])
        }
        let result = try await gateway.chat.recover()
        #expect(result.ended == 1 && result.failed == 2)
        #expect(metrics.render().contains("sealgate_chat_faults_total{fault=\"turn_not_ended\"} 2"))
        #expect(try await gateway.available() == 100_000 - 30)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi"])
        await gateway.close()
    }

    @Test("A turn left behind does not block its conversation for longer than its lease")
    func lease() async throws {
        let (gateway, id) = try await reborn(said: [ProviderEvent.hello[0], .text("Hello")])
        let lease =
            Int64(TurnLimits.startMilliseconds + TurnLimits.answerMilliseconds) / 1_000
            + TurnLimits.leaseMarginSeconds
        gateway.clock.advance(seconds: lease - 1)
        await #expect(throws: ChatError.turnInProgress) { try await gateway.chat.start(gateway.request(id, "Next")) }
        gateway.clock.advance(seconds: 1)
        await #expect(throws: ChatError.provider(.unavailable)) {
            try await gateway.chat.start(gateway.request(id, "Next"))
        }
        // Admission ended the old turn in the same transaction in which it began the new one.
        #expect(try await gateway.available() == 100_000 - 30)
        #expect(try await gateway.runningTurnRecords() == 0)
        await gateway.close()
    }
}
