import Agents
import DatabaseFixtures
import HTTPClient
import Ledger
import Primitives
import Testing

@Suite(
    "Whatever the provider does, a chat ends as documented, is charged as documented, and the book stays sound",
    .onEveryEngine)
struct ProviderFaultTests {
    /// One chat with a provider that does something.
    struct Example: Sendable, CustomTestStringConvertible {
        /// The simulator's words.
        let scenario: String
        /// The types of events that come before the last.
        var kinds: Set<String> = ["text"]
        /// The code of the last event if it is `error`; nil for `done`.
        var error: String?
        /// Whether the provider's own final counts are charged.
        var basis = "reported"
        /// What is charged, from the input tokens and the bytes of the answer.
        let usage: @Sendable (_ input: Int64, _ bytes: Int64) -> Usage

        var testDescription: String { scenario }
    }

    private static func tokens(_ bytes: Int64) -> Int64 { (bytes + 3) / 4 }
    private static func estimated(_ bytes: Int64) -> Int64 { (bytes + 2) / 3 }
    private static let thought = Int64("Let me think about that.".utf8.count)
    private static let said = "Say hello."
    private static let answer = "You said: Say hello."

    static let examples: [Example] = [
        // Its input was counted, and one token of output, before it broke.
        Example(scenario: "cut=start", kinds: [], error: "provider_cut", basis: "estimated") { input, _ in
            Usage(input: input, output: 1)
        },
        // All text came, but not the count of it: a token for each three bytes begun.
        Example(scenario: "cut=usage", error: "provider_cut", basis: "estimated") { input, bytes in
            Usage(input: input, output: estimated(bytes))
        },
        // The final count came, the end did not.
        Example(scenario: "cut=stop", error: "provider_cut") { input, bytes in
            Usage(input: input, output: tokens(bytes))
        },
        Example(scenario: "thinking cut=usage", kinds: ["thinking", "text"], error: "provider_cut", basis: "estimated")
        {
            input, bytes in Usage(input: input, output: estimated(bytes + thought))
        },
        // Without a report the input is free, and the output is what came.
        Example(scenario: "no-usage", basis: "estimated") { _, bytes in Usage(output: estimated(bytes)) },
        Example(scenario: "thinking", kinds: ["thinking", "text"]) { input, bytes in
            Usage(input: input, output: tokens(bytes + thought))
        },
        Example(scenario: "cache") { input, bytes in
            Usage(
                input: input, output: tokens(bytes), cacheRead: 1_000, cacheWrite5m: 200, cacheWrite1h: 100)
        },
        Example(scenario: "cache cut=usage", error: "provider_cut", basis: "estimated") { input, bytes in
            Usage(
                input: input, output: estimated(bytes), cacheRead: 1_000, cacheWrite5m: 200, cacheWrite1h: 100)
        },
        Example(scenario: "output-tokens=50") { input, _ in Usage(input: input, output: 50) },
    ]

    /// The tokens that the simulator counts for a message.
    private static func inputTokens(_ message: String) throws -> Int64 {
        let system = try #require(AgentCatalogue.builtIn["assistant"]).systemPrompt
        return tokens(Int64(system.utf8.count + message.utf8.count))
    }

    /// A tenth of the model's list price, rounded up once: in hundred-millionths of a micro-USDC a token.
    private static func cost(_ usage: Usage) -> Int64 {
        let exact =
            usage.input * 10_000_000 + usage.output * 50_000_000 + usage.cacheRead * 1_000_000
            + usage.cacheWrite5m * 12_500_000 + usage.cacheWrite1h * 20_000_000
        return (exact + 99_999_999) / 100_000_000
    }

    private func code(_ event: JSON?) -> String? { event?["data"]?["code"]?.string }

    @Test("The event that ends it, and the charge", arguments: examples)
    func charge(_ example: Example) async throws {
        let message = "[simulate \(example.scenario)] " + Self.said
        let usage = example.usage(try Self.inputTokens(message), Int64(Self.answer.utf8.count))
        let cost = Self.cost(usage)
        let folder = try TemporaryFolder()
        try await withProvider { provider in
            try await withGateway(in: folder, settings: provider.settings) { gateway in
                let visitor = try await gateway.visitor().ready()
                let events = try await visitor.events(visitor.openSession(), message)
                #expect(Set(events.dropLast().compactMap { $0["type"]?.string }) == example.kinds)
                #expect(events.last?["type"]?.string == (example.error == nil ? "done" : "error"))
                #expect(code(events.last) == example.error)
                if example.error == nil {
                    let bill = events.last?["data"]
                    #expect(bill?["costRaw"]?.string == String(cost))
                    #expect(bill?["balanceRemaining"]?.string == String(5_000_000 - cost))
                    #expect(bill?["usage"]?["inputTokens"]?.integer == usage.inputSide)
                    #expect(bill?["usage"]?["outputTokens"]?.integer == usage.output)
                }
                #expect(try await visitor.available() == 5_000_000 - cost)
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty)
        let call = try #require(book.calls.first)
        #expect(book.calls.count == 1 && call.isSettled && call.model == Visitor.model)
        #expect(call.usage == usage && call.basis == example.basis)
        #expect(call.failure == (example.basis == "reported" ? nil : example.error))
        #expect(call.charged == cost && call.overrun == 0 && call.held > cost)
    }

    @Test("A provider that falls silent is left when its client leaves, who pays for what came", arguments: [0, 2])
    func stall(words: Int) async throws {
        let message = "[simulate stall-after=\(words)] " + Self.said
        let folder = try TemporaryFolder()
        try await withProvider { provider in
            try await withGateway(in: folder, settings: provider.settings) { gateway in
                let visitor = try await gateway.visitor().ready()
                let session = try await visitor.openSession()
                do {
                    let response = try await visitor.chat(session, message)
                    #expect(response.status == 200)
                    var text = ""
                    let pieces = response.body.makeAsyncIterator()
                    while !text.contains(words == 0 ? "" : " said:"), let piece = try await pieces.next() {
                        text += String(decoding: piece, as: UTF8.self)
                    }
                }
                await provider.waitForCancelled(1)
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty)
        let call = try #require(book.calls.first)
        let bytes = words == 0 ? 0 : Int64("You said:".utf8.count)
        let usage = Usage(input: try Self.inputTokens(message), output: max(1, Self.estimated(bytes)))
        #expect(call.usage == usage && call.basis == "estimated" && call.failure == "client_left")
        #expect(call.charged == Self.cost(usage) && call.overrun == 0)
    }

    @Test("Usage above the hold costs the wallet the hold, and the rest is the platform's")
    func overReported() async throws {
        let message = "[simulate output-tokens=1000000] " + Self.said
        let folder = try TemporaryFolder()
        let balance = try await withProvider { provider in
            try await withGateway(in: folder, settings: provider.settings) { gateway in
                let visitor = try await gateway.visitor().ready()
                let events = try await visitor.events(visitor.openSession(), message, maximumTokens: 300)
                #expect(events.last?["type"] == "done")
                return try await visitor.available()
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty)
        let call = try #require(book.calls.first)
        let full = Self.cost(Usage(input: try Self.inputTokens(message), output: 1_000_000))
        #expect(call.maximumOutput == 300 && call.usage.output == 1_000_000)
        #expect(call.charged == call.held && call.charged == 5_000_000 - balance)
        #expect(call.charged + call.overrun == full && call.overrun > 0)
        #expect(try folder.log().contains { $0["event"] == "platform_overrun" })
    }
}
