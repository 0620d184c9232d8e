import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Agents

@Suite("What of a conversation is sent upstream", .onEveryEngine)
struct HistoryTests {
    /// A conversation with messages of these sizes, and the sequence numbers that would go upstream.
    private func sent(sizes: [Int]) async throws -> [Int] {
        let gateway = try await TestGateway(provider: ScriptedProvider())
        let id = try await gateway.conversation()
        let history = try await gateway.database.write { [store = gateway.store, clock = gateway.clock] tx in
            for (index, size) in sizes.enumerated() {
                let message = Message(
                    role: index % 2 == 0 ? .user : .assistant, text: String(repeating: "x", count: size),
                    createdAt: clock.now())
                let conversation = try store.conversation(id, of: TestGateway.alice, in: tx)
                _ = try store.append(message, to: conversation, in: tx)
            }
            return try store.history(of: store.conversation(id, of: TestGateway.alice, in: tx), in: tx)
        }
        #expect(history.textBytes == history.entries.reduce(0) { $0 + sizes[$1.sequence - 1] })
        await gateway.close()
        return history.entries.map(\.sequence)
    }

    @Test("All of it, if it keeps within the number of messages; else the newest")
    func messageLimit() async throws {
        for (count, first) in [(199, 1), (200, 1), (201, 2), (260, 61)] {
            #expect(try await sent(sizes: Array(repeating: 3, count: count)) == Array(first...count), "\(count)")
        }
    }

    @Test("All of it, if it keeps within the number of bytes; else the newest that do")
    func byteLimit() async throws {
        let half = ConversationLimits.historyBytes / 2
        #expect(try await sent(sizes: [1, half, half - 1]) == [1, 2, 3])
        #expect(try await sent(sizes: [1, half, half]) == [2, 3])
        #expect(try await sent(sizes: [1, half, half + 1]) == [3])
        #expect(try await sent(sizes: [1, ConversationLimits.messageBytes]) == [1, 2])
    }

    @Test("The bound on input tokens covers every byte of text and the frames around it")
    func bound() {
        #expect(AnthropicRequest.inputBound(systemBytes: 10, textBytes: 100, messageCount: 3) == 110 + 4 * 32)
    }
}
