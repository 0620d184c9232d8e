import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Agents

@Suite("A chat turn whose last write fails", .onEveryEngine)
struct UnwrittenTurnTests {
    private struct NoError: Error {}

    /// A turn that was noted in the middle, whose disk was full from then on, and whose answer then came whole.
    private func unwritten() async throws -> (
        gateway: TestGateway, provider: ScriptedProvider, ledger: FailingLedger, conversation: String
    ) {
        let provider = ScriptedProvider()
        let ledger = FailingLedger()
        let gateway = try await TestGateway(provider: provider, spending: ledger)
        let id = try await gateway.conversation()
        let answer = provider.answer([ProviderEvent.hello[0], .text("Hello")])
        let turn = try await gateway.chat.start(gateway.request(id, key: "k"))
        async let events = TestGateway.collect(turn)
        await ledger.progressWasNoted()
        ledger.fill()
        answer.say(Array(ProviderEvent.hello.dropFirst(2)))
        guard case .error(code: "not_recorded", _)? = await events.last else { throw NoError() }
        return (gateway, provider, ledger, id)
    }

    @Test("It is kept while the disk is full, whatever the clock says, and charged in full once there is room")
    func kept() async throws {
        let (gateway, provider, ledger, id) = try await unwritten()
        gateway.clock.advance(seconds: 36_000)
        #expect(try await gateway.chat.sweep().ended == 0)
        #expect(gateway.chat.runningTurns == 1)
        for request in [gateway.request(id, key: "k"), gateway.request(id, "Next")] {
            await #expect(throws: ChatError.storageUnavailable) { try await gateway.chat.start(request) }
        }
        #expect(try await gateway.runningTurnRecords() == 1)
        ledger.clear()
        #expect(try await gateway.chat.sweep().ended == 1)
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.messages(id).map(\.text) == ["Hi", "Hello there"])
        #expect(try await gateway.messages(id).allSatisfy(\.isWhole))
        #expect(try await gateway.runningTurnRecords() == 0 && gateway.chat.runningTurns == 0)
        #expect(try await gateway.say(gateway.request(id, key: "k")).last?.isDone == true)
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id, "Next")).count == 3)
        await gateway.close()
    }

    @Test("The next message of its session writes it first")
    func nextMessage() async throws {
        let (gateway, provider, ledger, id) = try await unwritten()
        ledger.clear()
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(id, "Next")).count == 3)
        #expect(provider.requests.last?.messages.map(\.text) == ["Hi", "Hello there", "Next"])
        #expect(try await gateway.available() == 100_000 - 80)
        await gateway.close()
    }

    @Test("It is tried again by the clock, and is written once")
    func byTheClock() async throws {
        let provider = ScriptedProvider()
        let ledger = FailingLedger(settleFailures: TurnLimits.settleRetryMilliseconds.count + 2)
        let gateway = try await TestGateway(provider: provider, spending: ledger)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id))
        for await _ in ledger.settled { break }
        await gateway.chat.idle()
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.messages(id).count == 2)
        #expect(gateway.chat.runningTurns == 0)
        await gateway.close()
    }

    @Test("An orderly end writes it; one with a disk that stays full does not wait for ever")
    func orderlyEnd() async throws {
        let (gateway, _, ledger, _) = try await unwritten()
        await gateway.chat.idle(writingFor: 1)
        #expect(gateway.chat.runningTurns == 1)
        ledger.clear()
        await gateway.chat.idle()
        #expect(gateway.chat.runningTurns == 0)
        #expect(try await gateway.available() == 100_000 - 40)
        await gateway.close()
    }

    @Test("A turn that came to nothing gives its money back once there is room")
    func release() async throws {
        let provider = ScriptedProvider()
        let ledger = FailingLedger()
        let gateway = try await TestGateway(provider: provider, spending: ledger)
        let id = try await gateway.conversation()
        ledger.fill()
        provider.refuse(.keyRejected)
        await #expect(throws: ChatError.provider(.keyRejected)) { try await gateway.chat.start(gateway.request(id)) }
        #expect(try await gateway.available() < 100_000)
        ledger.clear()
        #expect(try await gateway.chat.sweep().ended == 1)
        #expect(try await gateway.available() == 100_000)
        #expect(try await gateway.messages(id).isEmpty)
        await gateway.close()
    }

    @Test("Other sessions go on meanwhile")
    func others() async throws {
        let (gateway, provider, ledger, _) = try await unwritten()
        let other = try await gateway.conversation()
        ledger.clear()
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(other)).count == 3)
        await gateway.close()
    }
}
