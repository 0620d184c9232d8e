import Agents
import HTTPTypes
import Primitives
import Testing

@Suite("The limits of a chat request")
struct ChatLimitTests {
    @Test("A message has 1 to 131,072 bytes of UTF-8, not characters")
    func message() async throws {
        let limit = ConversationLimits.messageBytes
        #expect(limit == 131_072)
        let cut = "[simulate cut=start] "
        let ascii = cut + String(repeating: "a", count: limit - cut.utf8.count)
        // The same bytes in fewer characters.
        let wide = cut + "a" + String(repeating: "é", count: (limit - cut.utf8.count - 1) / 2)
        #expect(ascii.utf8.count == limit && wide.utf8.count == limit && wide.count < limit)
        let folder = try TemporaryFolder()
        try await withProvider { provider in
            try await withGateway(in: folder, settings: provider.settings) { gateway in
                let visitor = try await gateway.visitor().ready()
                let session = try await visitor.openSession()
                for good in [String(ascii.dropLast()), ascii, wide] {
                    let events = try await visitor.events(session, good)
                    #expect(events.last?["data"]?["code"] == "provider_cut")
                }
                let before = try await visitor.snapshot()
                for long in [ascii + "a", wide + "a", "é" + ascii.dropLast()] {
                    try await say(["message": .string(long)], in: session, visitor).expect(413, "message_too_long")
                }
                // As long as a body may be, and one byte above: the message's own bound comes first.
                let room = 6 * limit + 4_096 - #"{"message":""}"#.utf8.count
                let most: JSON = ["message": .string(String(repeating: "a", count: room))]
                try await say(most, in: session, visitor).expect(413, "message_too_long")
                let above: JSON = ["message": .string(String(repeating: "a", count: room + 1))]
                try await say(above, in: session, visitor).expect(413, "content_too_large")
                try await say(["message": ""], in: session, visitor).expect(400, "invalid_request")
                #expect(try await visitor.snapshot() == before)
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty && book.calls.count == 3)
    }

    @Test("maxTokens is 1 to 1,000,000, and is cut to what the model can write")
    func maximumTokens() async throws {
        let folder = try TemporaryFolder()
        try await withProvider { provider in
            try await withGateway(in: folder, settings: provider.settings) { gateway in
                let visitor = try await gateway.visitor().ready()
                let session = try await visitor.openSession()
                for (tokens, said) in [(1, "You "), (2, "You said"), (1_000_000, "You said: Hi")] as [(Int64, String)] {
                    let events = try await visitor.events(session, "Hi", maximumTokens: tokens)
                    #expect(events.last?["type"] == "done")
                    let text = events.compactMap { $0["type"] == "text" ? $0["data"]?.string : nil }.joined()
                    #expect(text == said)
                }
                let before = try await visitor.snapshot()
                for tokens in [0, -1, 1_000_001, Int64.max] {
                    let body: JSON = ["message": "Hi", "maxTokens": .integer(tokens)]
                    try await say(body, in: session, visitor).expect(400, "invalid_request")
                }
                #expect(try await visitor.snapshot() == before)
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty)
        #expect(book.calls.map(\.maximumOutput).sorted() == [1, 2, 64_000])
    }

    private func say(_ body: JSON, in session: String, _ visitor: Visitor) async throws -> Answer {
        try await visitor.send(.post, "/agents/assistant/sessions/\(session)/chat", json: body)
    }
}
