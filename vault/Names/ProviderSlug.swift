/// The name of a model provider in routes and envelopes, `anthropic`.
public struct ProviderSlug: Hashable, Sendable {
    /// The longest name.
    public static let maximumBytes = 32
    /// Anthropic.
    public static let anthropic = ProviderSlug(trusted: "anthropic")
    /// The providers whose keys can be stored, in the order of the documentation.
    public static let served =
        [anthropic]
        + ["minimax", "openrouter", "zai", "deepseek", "gemini", "openai", "kimi", "opencode"].map {
            ProviderSlug(trusted: $0)
        }

    /// The name: 1 to 32 of `a-z 0-9 -`.
    public let text: String

    /// Reads a name. Nil unless it is 1 to 32 of `a-z 0-9 -`; whether we serve it is another question.
    public init?(_ text: some StringProtocol) {
        let wellFormed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard wellFormed, (1...ProviderSlug.maximumBytes).contains(text.utf8.count) else { return nil }
        self.text = String(text)
    }

    private init(trusted text: String) {
        self.text = text
    }

    /// Whether keys of this provider can be stored.
    public var isServed: Bool { ProviderSlug.served.contains(self) }
}
