import HTTPClient
import HTTPTypes
import Primitives
import Testing

extension Visitor {
    /// A model whose price is easily reckoned: on the wallet's own key, a tenth of 1 micro-USDC for an input token.
    static let model = "claude-haiku-4-5"

    /// A wallet with a provider's key and test money.
    func ready(_ amount: Int64 = 5_000_000) async throws -> Visitor {
        try await storeKey().good()
        try await fund(amount).good()
        return self
    }

    /// Says something; the answer may still be coming.
    func chat(_ session: String, _ message: String, maximumTokens: Int64? = nil) async throws -> ClientResponse {
        var members: [JSON.Member] = [
            .init("message", .string(message)), .init("model", .string(Visitor.model)),
        ]
        if let maximumTokens { members.append(.init("maxTokens", .integer(maximumTokens))) }
        return try await gateway.open(
            .post, "/agents/assistant/sessions/\(session)/chat", json: .object(members), token: token)
    }

    /// Says something that is answered by a stream, and reads it to its end.
    func events(_ session: String, _ message: String, maximumTokens: Int64? = nil) async throws -> [JSON] {
        let response = try await chat(session, message, maximumTokens: maximumTokens)
        try #require(response.status == 200)
        let text = String(decoding: try await response.body.collect(upTo: 8 << 20), as: UTF8.self)
        return try text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
            try JSON(parsing: Array($0.dropFirst("data: ".count).utf8))
        }
    }
}
