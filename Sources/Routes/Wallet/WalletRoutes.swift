public import Database
public import HTTPServer
public import Identity
public import Ledger
public import Primitives
public import Vault

/// What a wallet sees and sets of its own: balance, transactions, settings, and what its vault holds.
public struct WalletRoutes: Sendable {
    static let area = "Wallet"
    static let vaultArea = "Provider keys"
    static let secretsArea = "Secrets"

    let database: Database
    let ledger: Ledger
    let idempotency: IdempotencyStore
    let vault: WalletVault
    let sealed: SealedMember
    let settings: WalletSettings
    let clock: any WallClock
    let random: any RandomSource
    /// The names of the secrets that an agent needs; nil if there is no such agent.
    let requiredSecrets: @Sendable (String) -> [String]?

    /// The routes over these domains.
    public init(
        database: Database, ledger: Ledger, idempotency: IdempotencyStore, vault: WalletVault,
        sealing: SealingKey, settings: WalletSettings, clock: any WallClock, random: any RandomSource,
        requiredSecrets: @escaping @Sendable (String) -> [String]?
    ) {
        self.database = database
        self.ledger = ledger
        self.idempotency = idempotency
        self.vault = vault
        sealed = SealedMember(key: sealing)
        self.settings = settings
        self.clock = clock
        self.random = random
        self.requiredSecrets = requiredSecrets
    }

    /// Every route. The faucet exists in development mode only.
    public func endpoints(withFaucet: Bool) -> [Endpoint] {
        [balance, transactions] + (withFaucet ? [faucet.rated(.money)] : []) + [readSettings, writeSettings]
            + providerKeys + vaultRoutes(.providers) + [sealingKey] + [openGrants, vaultAudit] + secretRoutes
    }

    /// An amount as its two members: base units and dollars.
    static func amount(_ name: String, _ amount: MicroUSDC) -> [JSON.Member] {
        [.init(name, .string(amount.baseUnits)), .init(name + "Usd", .string(amount.dollars))]
    }

    /// The two properties that `amount` writes.
    static func amountSchema(_ name: String, _ summary: String) -> [Schema.Property] {
        [
            .required(name, .format(.baseUnits), summary + " In micro-USDC."),
            .required(name + "Usd", .text(upTo: 30), "The same in dollars."),
        ]
    }
}
