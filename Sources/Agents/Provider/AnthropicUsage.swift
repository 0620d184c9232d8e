import Primitives

/// The `usage` objects of one Anthropic stream, put together. A member that a later object holds replaces the earlier
/// one; a member it lacks (or that is null) keeps its value. Counts are cumulative, so nothing is ever added up.
struct AnthropicUsage {
    private var input: Int?
    private var cacheRead: Int?
    private var cacheWrite: Int?
    private var cacheWrite5m: Int?
    private var cacheWrite1h: Int?
    private var output: Int?

    /// Takes what `json` reports. False if it is no usage object, or a count is not a whole number in range.
    mutating func merge(_ json: JSON) -> Bool {
        guard case .object = json else { return false }
        var split: JSON = [:]
        if let creation = json["cache_creation"], !creation.isNull {
            guard case .object = creation else { return false }
            split = creation
        }
        return AnthropicUsage.read(json["input_tokens"], into: &input)
            && AnthropicUsage.read(json["cache_read_input_tokens"], into: &cacheRead)
            && AnthropicUsage.read(json["cache_creation_input_tokens"], into: &cacheWrite)
            && AnthropicUsage.read(split["ephemeral_5m_input_tokens"], into: &cacheWrite5m)
            && AnthropicUsage.read(split["ephemeral_1h_input_tokens"], into: &cacheWrite1h)
            && AnthropicUsage.read(json["output_tokens"], into: &output)
    }

    /// The counts, taken apart. Cache writes that no lifetime is named for count as written for five minutes, the
    /// provider's default.
    var tokens: TokenUsage {
        let long = cacheWrite1h ?? 0
        let short = max(cacheWrite5m ?? 0, (cacheWrite ?? 0) - long)
        return TokenUsage(
            freshInput: input ?? 0, cacheRead: cacheRead ?? 0, cacheWrite5m: short, cacheWrite1h: long,
            output: output ?? 0)
    }

    private static func read(_ json: JSON?, into count: inout Int?) -> Bool {
        guard let json, !json.isNull else { return true }
        guard let value = json.integer, (0...Int64(TokenUsage.maximumTokens)).contains(value) else { return false }
        count = Int(value)
        return true
    }
}
