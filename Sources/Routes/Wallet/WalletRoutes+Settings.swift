import Database
import HTTPServer
import HTTPTypes
import Identity
import Primitives
import Vault

extension WalletRoutes {
    private static let tooLarge = APIError.Kind(
        400, "settings_too_large",
        "At most \(WalletSettings.maximumMembers) settings of together \(WalletSettings.maximumBytes) bytes.")
    private static let schema = Schema.object(
        [
            .required("plan", .choice(["byok"]), "Chats run on the wallet's own provider key."),
            .required("anthropicApiKeyConfigured", .boolean, "Whether a key is stored."),
        ], isOpen: true)

    var readSettings: Endpoint {
        Endpoint(
            .get, "/wallet/settings", area: WalletRoutes.area, summary: "The wallet's settings.",
            access: .wallet(permission: "wallet:read"), answer: .json(200, WalletRoutes.schema)
        ) { [self] call in
            let caller = try call.caller()
            let (stored, isConfigured) = try await database.read { tx in
                (try settings.read(caller.walletID, in: tx), try hasKey(caller, in: tx))
            }
            return .json(WalletRoutes.shown(stored, isConfigured: isConfigured))
        }
    }

    var writeSettings: Endpoint {
        Endpoint(
            .put, "/wallet/settings", area: WalletRoutes.area, summary: "Changes settings and returns them all.",
            detail: "Members sent replace those stored, null removes one, others stay. Settings are the clients' own; "
                + "those the gateway computes (plan, anthropicApiKeyConfigured) are not stored.",
            access: .wallet(permission: "wallet:write"), input: .object([], isOpen: true),
            answer: .json(200, WalletRoutes.schema), errors: [WalletRoutes.tooLarge]
        ) { [self] call in
            let caller = try call.caller()
            let changes = (call.body.members ?? []).filter { !WalletRoutes.computed.contains($0.name) }
            let now = clock.now()
            let random = random.bytes(WalletSettings.randomBytes)
            do {
                let (stored, isConfigured) = try await database.write { [self] tx in
                    let merged = try settings.merge(changes, of: caller.walletID, random: random, in: tx, at: now)
                    return (merged, try hasKey(caller, in: tx))
                }
                return .json(WalletRoutes.shown(stored, isConfigured: isConfigured))
            } catch is WalletSettings.TooLarge {
                throw APIError(WalletRoutes.tooLarge)
            }
        }
    }

    private static let computed: Set<String> = ["plan", "anthropicApiKeyConfigured"]

    private static func shown(_ stored: [JSON.Member], isConfigured: Bool) -> JSON {
        .object(
            stored + [.init("plan", "byok"), .init("anthropicApiKeyConfigured", .bool(isConfigured))])
    }

    private func hasKey(_ caller: Caller, in tx: borrowing some SQLReader & ~Copyable) throws -> Bool {
        try vault.has(SecretName(.anthropic), of: caller.walletID, in: tx)
    }
}
