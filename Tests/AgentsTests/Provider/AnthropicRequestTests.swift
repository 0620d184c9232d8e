import Primitives
import Testing

@testable import Agents

@Suite("A request to Anthropic")
struct AnthropicRequestTests {
    @Test("The body names model, limit, system, messages and asks for a stream")
    func body() {
        let request = AnthropicRequest(
            model: "claude-haiku-4-5", maximumTokens: 512, system: "Be \"kind\".",
            conversation: [
                .init(role: .user, text: "Hi\n"), .init(role: .assistant, text: "Hello"),
                .init(role: .user, text: "\u{1F600}"),
            ])
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"model":"claude-haiku-4-5","max_tokens":512,"system":"Be \"kind\".","messages":["#
                + #"{"role":"user","content":"Hi\n"},{"role":"assistant","content":"Hello"},"#
                + "{\"role\":\"user\",\"content\":\"\u{1F600}\"}],\"stream\":true}")
    }

    @Test("The conversation begins with the user and holds no empty message")
    func normalised() {
        let request = AnthropicRequest(
            model: "m", maximumTokens: 1, system: "",
            conversation: [
                .init(role: .assistant, text: "cut history"), .init(role: .user, text: "a"),
                .init(role: .assistant, text: ""), .init(role: .user, text: "b"),
            ])
        #expect(request.messages == [.init(role: .user, text: "a"), .init(role: .user, text: "b")])
    }
}
