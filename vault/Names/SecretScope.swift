/// What secrets are opened and closed by: a provider, an MCP server, or an agent.
public struct SecretScope: Hashable, Sendable {
    /// The longest id of a server or an agent.
    public static let maximumBytes = 64

    /// What kind of thing it is.
    public let purpose: VaultPurpose
    /// Its id: 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or digit.
    public let text: String

    /// A provider.
    public init(_ provider: ProviderSlug) {
        purpose = .providers
        text = provider.text
    }

    /// An MCP server or an agent by its id. Nil unless that is 1 to 64 of `A-Z a-z 0-9 . _ -`, the first a letter or
    /// digit; there is no slash in it, so that `server/NAME` can be read in one way only.
    public init?(_ text: some StringProtocol, of purpose: VaultPurpose) {
        guard purpose != .providers, (1...SecretScope.maximumBytes).contains(text.utf8.count),
            text.utf8.allSatisfy({ SecretScope.isAlphanumeric($0) || "._-".utf8.contains($0) }),
            let first = text.utf8.first, SecretScope.isAlphanumeric(first)
        else { return nil }
        self.purpose = purpose
        self.text = String(text)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
