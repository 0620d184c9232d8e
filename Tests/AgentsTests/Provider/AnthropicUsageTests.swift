import Primitives
import Testing

@testable import Agents

@Suite("Token counts from Anthropic")
struct AnthropicUsageTests {
    private func tokens(_ reports: String...) throws -> TokenUsage {
        var usage = AnthropicUsage()
        for report in reports { #expect(usage.merge(try JSON(parsing: report))) }
        return usage.tokens
    }

    @Test("Cached tokens stand beside the fresh ones, in disjoint counts")
    func disjoint() throws {
        let usage = try tokens(
            #"{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":200,"#
                + #""cache_creation":{"ephemeral_5m_input_tokens":70,"ephemeral_1h_input_tokens":30},"#
                + #""output_tokens":5}"#
        )
        #expect(usage == TokenUsage(freshInput: 10, cacheRead: 200, cacheWrite5m: 70, cacheWrite1h: 30, output: 5))
        #expect(usage.input == 310)
    }

    @Test("Cache writes without a lifetime count as five minutes'")
    func defaultLifetime() throws {
        #expect(try tokens(#"{"cache_creation_input_tokens":100}"#).cacheWrite5m == 100)
        #expect(try tokens(#"{"cache_creation_input_tokens":100,"cache_creation":null}"#).cacheWrite5m == 100)
        let partly = try tokens(
            #"{"cache_creation_input_tokens":100,"cache_creation":{"ephemeral_1h_input_tokens":40}}"#)
        #expect(partly == TokenUsage(cacheWrite5m: 60, cacheWrite1h: 40))
    }

    @Test("A split without a total, or above it, is taken at its word")
    func splitAlone() throws {
        let split = #""cache_creation":{"ephemeral_5m_input_tokens":70,"ephemeral_1h_input_tokens":30}"#
        #expect(try tokens("{\(split)}") == TokenUsage(cacheWrite5m: 70, cacheWrite1h: 30))
        let above = try tokens("{\"cache_creation_input_tokens\":50,\(split)}")
        #expect(above == TokenUsage(cacheWrite5m: 70, cacheWrite1h: 30))
    }

    @Test("A later report replaces what it holds and keeps what it lacks")
    func cumulative() throws {
        let usage = try tokens(
            #"{"input_tokens":10,"cache_read_input_tokens":7,"output_tokens":1}"#, #"{"output_tokens":20}"#,
            #"{"input_tokens":12,"cache_read_input_tokens":null,"output_tokens":40}"#)
        #expect(usage == TokenUsage(freshInput: 12, cacheRead: 7, output: 40))
    }

    @Test("A count at the limit is believed, one above is not")
    func countLimit() throws {
        for (count, believed) in [(99_999_999, true), (100_000_000, true), (100_000_001, false)] {
            var usage = AnthropicUsage()
            #expect(usage.merge(["output_tokens": .integer(Int64(count))]) == believed)
        }
    }
}
