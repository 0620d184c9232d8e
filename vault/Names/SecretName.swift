/// The full name of one secret. It is part of what its envelope authenticates, so an envelope that was moved to another
/// name does not open there.
public struct SecretName: Hashable, Sendable {
    /// The longest name within a server or agent.
    public static let maximumKeyBytes = 64

    /// Whose it is.
    public let scope: SecretScope
    /// Its name there, `GITHUB_TOKEN`; nil for a provider, which has one key.
    public let key: String?

    /// A provider's key.
    public init(_ provider: ProviderSlug) {
        scope = SecretScope(provider)
        key = nil
    }

    /// A secret of an MCP server or an agent. Nil unless `key` is 1 to 64 of `A-Z a-z 0-9 . _ -`.
    public init?(_ key: some StringProtocol, of scope: SecretScope) {
        guard scope.purpose != .providers, (1...SecretName.maximumKeyBytes).contains(key.utf8.count),
            key.utf8.allSatisfy({ SecretScope.isAlphanumeric($0) || "._-".utf8.contains($0) })
        else { return nil }
        self.scope = scope
        self.key = String(key)
    }

    /// What kind of secret it is.
    public var purpose: VaultPurpose { scope.purpose }

    /// The name as tables hold it: `anthropic`, or `server/NAME`.
    public var text: String {
        key.map { scope.text + "/" + $0 } ?? scope.text
    }

    /// The name in the associated data of envelopes: `anthropic`, `mcp/server/NAME`, `agent/id/NAME`. A provider's has
    /// no slash, so no two secrets share a label.
    var label: String {
        purpose == .providers ? text : purpose.rawValue + "/" + text
    }

    /// Reads what a table holds. Nil if nothing of ours is called that.
    init?(stored text: String, of purpose: VaultPurpose) {
        guard purpose != .providers else {
            guard let provider = ProviderSlug(text) else { return nil }
            self.init(provider)
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let scope = SecretScope(parts[0], of: purpose) else { return nil }
        self.init(parts[1], of: scope)
    }
}
