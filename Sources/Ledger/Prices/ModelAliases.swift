/// Other names for the models on the list.
enum ModelAliases {
    /// A family's name stands for its newest model. The one table of them; a test compares it with the catalogue.
    ///
    /// | alias  | model             |
    /// | ------ | ----------------- |
    /// | haiku  | claude-haiku-5-5  |
    /// | sonnet | claude-sonnet-5-5 |
    /// | opus   | claude-opus-5-5   |
    static let current = [
        "haiku": "claude-haiku-5-5",
        "sonnet": "claude-sonnet-5-5",
        "opus": "claude-opus-5-5",
    ]

    /// `claude-haiku-4-5-20251001` -> `claude-haiku-4-5`; nil without such an ending.
    ///
    /// Only Anthropic's form, `-YYYYMMDD`: there a date pins a snapshot at the same price. OpenAI's `-YYYY-MM-DD` is
    /// left alone on purpose, since its snapshots have had prices of their own (gpt-4o-2024-05-13 cost twice gpt-4o).
    static func withoutDate(_ model: String) -> String? {
        let text = Array(model.utf8)
        guard model.hasPrefix("claude-"), text.count > 9, text[text.count - 9] == UInt8(ascii: "-") else { return nil }
        let digits = text.suffix(8)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let date = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (2023...2099).contains(date / 10_000), (1...12).contains(date / 100 % 100), (1...31).contains(date % 100)
        else { return nil }
        return String(decoding: text.dropLast(9), as: UTF8.self)
    }
}
