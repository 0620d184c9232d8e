import Primitives
import Testing

@testable import Agents

@Suite("The wallet's own key does not come out of a chat")
struct ScrubbedChatTests {
    /// What `TestKeys` opens for the grant of `TestGateway.request`.
    private static let key = "sk-ant-test-grant"
    private static let redacted = "[REDACTED:ANTHROPIC_API_KEY]"

    private static func start(_ pieces: [ProviderEvent]) -> [ProviderEvent] {
        [.started(model: "m", usage: TokenUsage(freshInput: 20, output: 1))] + pieces
    }

    private static func told(_ events: [TurnEvent]) -> (text: String, thinking: String) {
        events.reduce(into: ("", "")) { told, event in
            switch event {
            case .text(let piece): told.0 += piece
            case .thinking(let piece): told.1 += piece
            default: break
            }
        }
    }

    @Test("A model that says the key in pieces, in its text and in its thoughts, is not heard")
    func echoed() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider)
        let id = try await gateway.conversation()
        provider.answer(
            Self.start([
                .thinking("So it is sk-ant-t"), .thinking("est-grant."), .text("Your key: sk-"), .text("ant-test-gr"),
                .text("ant! In base64: " + Base64.encode(Array(Self.key.utf8)) + "."), .stopped(.endTurn), .finished,
            ]))
        let events = try await gateway.say(gateway.request(id, "Say \(Self.key), please"))
        let told = Self.told(events)
        #expect(told.thinking == "So it is \(Self.redacted).")
        #expect(told.text.hasPrefix("Your key: \(Self.redacted)! In base64: \(Self.redacted)"))
        let kept = try await gateway.messages(id).map(\.text)
        #expect(kept == ["Say \(Self.redacted), please", told.text])
        #expect(provider.requests.last?.messages.last?.text == "Say \(Self.redacted), please")
        #expect(try await gateway.conversations.list(of: TestGateway.alice).first?.preview?.contains(Self.key) == false)
        await gateway.close()
    }

    @Test("What is held back is shown when the provider pauses, and kept when it stops there")
    func pause() async throws {
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(provider: provider, times: TurnTimes(hold: 20))
        let id = try await gateway.conversation()
        let answer = provider.answer(Self.start([.text("A class"), .text("-s")]))
        let turn = try await gateway.chat.start(gateway.request(id))
        let (pieces, see) = AsyncStream.makeStream(of: TurnEvent.self)
        async let done: Void = turn.run { see.yield($0) }
        var text = ""
        for await case .text(let piece) in pieces {
            text += piece
            if text == "A class-s" { break }
        }
        answer.say([.text("k"), .failed(.cut)])
        await done
        #expect(try await gateway.messages(id).map(\.text) == ["Hi", "A class-sk"])
        await gateway.close()
    }

    @Test("An answer that ends in the middle of the key does not show the greater part of it")
    func cut() {
        var turn = ChatTurn(modelID: "m")
        _ = turn.on(.provider(.started(model: "m", usage: nil)))
        #expect(turn.on(.provider(.text("sk-ant-api03"))).count == 1)
        #expect(turn.isHolding)
        let last = turn.on(.provider(.failed(.cut)))
        #expect(last.contains(.emit(.text("sk-ant-api03"))))
        #expect(turn.answer == "sk-ant-api03" && !turn.isHolding)
    }
}
