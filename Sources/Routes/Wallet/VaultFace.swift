import HTTPServer
import Vault

/// How one purpose of the vault looks to clients: where its routes are, and what its parts are called.
struct VaultFace: Sendable {
    let purpose: VaultPurpose
    /// The path before `/derive-challenge` and the others.
    let path: String
    let area: String
    /// `Providers` in `unlockedProviders`.
    let plural: String
    /// What is opened, in a sentence.
    let belongings: String

    static let providers = VaultFace(
        purpose: .providers, path: "/wallet/provider-vault", area: WalletRoutes.vaultArea, plural: "Providers",
        belongings: "provider keys")
    static let mcpSecrets = VaultFace(
        purpose: .mcpSecrets, path: "/wallet/mcp-secrets", area: WalletRoutes.secretsArea, plural: "Servers",
        belongings: "secrets of MCP servers")
    static let agentSecrets = VaultFace(
        purpose: .agentSecrets, path: "/wallet/agent-secrets", area: WalletRoutes.secretsArea, plural: "Agents",
        belongings: "secrets of agents")

    /// `providers` in the body of an unlock.
    var member: String { plural.lowercased() }

    /// Ids that routes of ours stand under, so that no server or agent can have them.
    static let reserved: Set<String> = ["derive-challenge", "unlock", "lock", "rotate", "rotate-challenge"]
}
