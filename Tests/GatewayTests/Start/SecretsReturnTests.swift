import Cryptography
import Testing

@Suite("A gateway that was stopped gives its secret memory back")
struct SecretsReturnTests {
    @Test("Starting and stopping again and again uses no more slots than once")
    func slots() async throws {
        try await withGateway { _ in }
        let before = try #require(SecretArena.usage).used
        for _ in 0..<4 { try await withGateway { _ in } }
        let after = try #require(SecretArena.usage).used
        #expect(after <= before, "\(after - before) slots more")
    }
}
