/// What a wallet keeps: each purpose has a text of its own to sign, so a key of its own, and generations of its own. A
/// signature that opens one opens nothing of another. The raw value stands in tables, derivations and the audit log.
public enum VaultPurpose: String, CaseIterable, Sendable {
    /// Keys of model providers.
    case providers = "provider"
    /// Secrets of MCP servers that the wallet's agents call.
    case mcpSecrets = "mcp"
    /// Secrets of the agents themselves.
    case agentSecrets = "agent"

    /// The purpose as the signed text names it. Final: another word is another key.
    var tag: String {
        switch self {
        case .providers: "derive-provider-vault-key"
        case .mcpSecrets: "derive-mcp-secrets-key"
        case .agentSecrets: "derive-agent-secrets-key"
        }
    }

    /// What the signed text says is unlocked. Final, too.
    var belongings: String {
        switch self {
        case .providers: "provider keys"
        case .mcpSecrets: "MCP secrets"
        case .agentSecrets: "agent secrets"
        }
    }
}
