import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Agents

@Suite("A chat request that comes twice", .onEveryEngine)
struct ChatIdempotencyTests {
    @Test("It is answered from memory: same text, same done, no second call and no second charge")
    func replay() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        let first = try await gateway.say(gateway.request(id, key: "k"))
        let second = try await gateway.say(gateway.request(id, key: "k"))
        #expect(second == [.text("Hello there"), first[2]])
        #expect(provider.requests.count == 1)
        #expect(try await gateway.available() == 100_000 - 40)
        #expect(try await gateway.messages(id).count == 2)
        await gateway.close()
    }

    @Test("It is answered even if the key was locked and the money spent in the meantime")
    func replayWithoutMeans() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, key: "k"))
        gateway.keys.set(ProviderKeyProblem.locked, for: TestGateway.alice)
        try await gateway.database.write { _ = try $0.execute("update accounts set balance = 0", []) }
        #expect(try await gateway.say(gateway.request(id, key: "k")).count == 2)
        await gateway.close()
    }

    @Test("The same key with anything else in it is a conflict")
    func conflict() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let other = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, key: "k"))
        for request in [
            gateway.request(id, "Other", key: "k"), gateway.request(id, model: "haiku", key: "k"),
            gateway.request(id, limit: 5, key: "k"), gateway.request(other, key: "k"),
        ] {
            await #expect(throws: ChatError.idempotencyConflict) { try await gateway.chat.start(request) }
        }
        await gateway.close()
    }

    @Test("While the first is running the second is told so; another wallet's key is another key")
    func inProgress() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        let bobs = try await gateway.conversation(TestGateway.bob)
        let answer = provider.answer([ProviderEvent.hello[0]])
        let turn = try await gateway.chat.start(gateway.request(id, key: "k"))
        await #expect(throws: ChatError.idempotencyInProgress) {
            try await gateway.chat.start(gateway.request(id, key: "k"))
        }
        provider.answer(ProviderEvent.hello)
        #expect(try await gateway.say(gateway.request(bobs, wallet: TestGateway.bob, key: "k")).count == 3)
        answer.say(Array(ProviderEvent.hello.dropFirst()))
        #expect(await TestGateway.collect(turn).count == 3)
        await gateway.close()
    }

    @Test("An answer that broke off is told again as it was, with its error")
    func replayOfCut() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer([ProviderEvent.hello[0], .text("Hel"), .failed(.overloaded)])
        let first = try await gateway.say(gateway.request(id, key: "k"))
        #expect(try await gateway.say(gateway.request(id, key: "k")) == first)
        await gateway.close()
    }

    @Test("What is remembered holds nothing that was said")
    func nothingSaid() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "Needle", key: "k"))
        let (fingerprint, outcome) = try #require(
            try await gateway.database.read {
                try $0.first("select fingerprint, outcome from keys", []) { (try $0.blob(0), try $0.blob(1)) }
            })
        let text = String(decoding: outcome, as: UTF8.self)
        #expect(!text.contains("Needle") && !text.contains("Hello"))
        #expect(fingerprint.count == 32)
        await gateway.close()
    }
}
