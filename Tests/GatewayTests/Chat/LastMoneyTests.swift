import DatabaseFixtures
import HTTPClient
import Primitives
import Testing

@Suite("The last money of a wallet is spent once", .onEveryEngine)
struct LastMoneyTests {
    /// The least that the faucet gives. An answer of as many tokens as the model can write would cost more, so that it
    /// is cut to what the money pays for, and its hold takes all of that.
    private static let money: Int64 = 10_000
    private static let tokens: Int64 = 64_000

    @Test("Of two sessions that ask at one moment exactly one is admitted, the other is told 402, each time")
    func race() async throws {
        let folder = try TemporaryFolder()
        let rounds = 12
        try await withProvider { provider in
            let settings = provider.settings.merging(["SEALGATE_LOOPS": "2"]) { $1 }
            try await withGateway(in: folder, settings: settings) { gateway in
                for _ in 0..<rounds {
                    let visitor = try await gateway.visitor().ready(Self.money)
                    let (one, other) = (try await visitor.openSession(), try await visitor.openSession())
                    // The answer stays open, so that its hold does too.
                    async let first = visitor.chat(one, "[simulate stall-after=1] Hi", maximumTokens: Self.tokens)
                    async let second = visitor.chat(other, "[simulate stall-after=1] Hi", maximumTokens: Self.tokens)
                    let responses = [try await first, try await second]
                    try #require(responses.map(\.status).sorted() == [200, 402])
                    let refused = try #require(responses.first { $0.status == 402 })
                    let body = try JSON(parsing: try await refused.body.collect(upTo: 1 << 16))
                    #expect(body["error"] == "insufficient_balance")
                }
                await provider.waitForCancelled(rounds)
            }
        }
        let book = try await ClosedBook(in: folder)
        #expect(book.faults.isEmpty)
        #expect(book.calls.count == rounds && book.calls.allSatisfy { $0.isSettled && $0.overrun == 0 })
        #expect(book.calls.allSatisfy { $0.held <= Self.money && 2 * $0.held > Self.money })
    }
}
