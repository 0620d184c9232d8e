import Cryptography
import Database
import Ethereum
import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    private static let keyMember = "anthropicApiKey"
    private static let signature = Schema.secret(length: 130...132)
    private static let nonce = Schema.text(length: 1...200, format: nil)

    var storeKey: Endpoint {
        Endpoint(
            .put, "/wallet/apikey", area: WalletRoutes.vaultArea, summary: "Stores the wallet's Anthropic key.",
            detail:
                "Sign the text of /wallet/provider-vault/derive-challenge with EIP-191. The key is encrypted under a "
                + "key derived from that signature; the gateway keeps neither. Storing opens the vault for this "
                + "session.",
            access: .wallet(permission: "vault:write"),
            input: .object(
                [
                    .required(WalletRoutes.keyMember, .secret(length: 8...ProviderVault.maximumKeyBytes)),
                    .optional("signature", WalletRoutes.signature, "Over the vault text; required."),
                    .optional("nonce", WalletRoutes.nonce, "From derive-challenge; required, good for one request."),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("configured", .boolean),
                        .required("encryptionMode", .choice(["sign-to-derive"])), .required("unlocked", .boolean),
                    ], isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let nonce = call.optionalText("nonce")
            let status = try await VaultRefusal.translating {
                guard let key = try VaultRefusal.secret(WalletRoutes.keyMember, of: call) else {
                    throw APIError(.invalidRequest)
                }
                let signature = try VaultRefusal.secret("signature", of: call)
                return try await vault.store(.anthropic, key: key, signature: signature, nonce: nonce, for: caller)
            }
            return .json([
                "success": true, "configured": true, "encryptionMode": "sign-to-derive",
                "unlocked": .bool(status.unlocked),
            ])
        }
    }

    var keyStatus: Endpoint {
        Endpoint(
            .get, "/wallet/apikey/status", area: WalletRoutes.vaultArea,
            summary: "Whether an Anthropic key is stored, and open. Never the key.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("configured", .boolean), .required("persistent", .boolean),
                        .required("encryptionMode", .nullable(.choice(["sign-to-derive"]))),
                        .required("unlocked", .boolean, "Whether this session can use it now."),
                        .required("needsMigration", .boolean),
                    ], isOpen: false))
        ) { [vault, database] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let status = try await database.read { try vault.status(.anthropic, for: caller, in: $0) }
            return .json([
                "configured": .bool(status.configured), "persistent": true,
                "encryptionMode": status.configured ? "sign-to-derive" : nil, "unlocked": .bool(status.unlocked),
                "needsMigration": false,
            ])
        }
    }

    var deleteKey: Endpoint {
        Endpoint(
            .delete, "/wallet/apikey", area: WalletRoutes.vaultArea, summary: "Forgets the wallet's Anthropic key.",
            access: .wallet(permission: "vault:write"),
            answer: .json(
                200,
                .object([.required("success", .boolean), .required("configured", .boolean)], isOpen: false))
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            _ = try await VaultRefusal.translating { try await vault.delete(.anthropic, for: caller) }
            return .json(["success": true, "configured": false])
        }
    }

    var deriveChallenge: Endpoint {
        Endpoint(
            .get, "/wallet/provider-vault/derive-challenge", area: WalletRoutes.vaultArea,
            summary: "The text that opens the vault, and a nonce.",
            detail: "The text is the same on every call, so one signature can be kept by the client. Treat that "
                + "signature like the keys it protects.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("message", .text(upTo: 2_000), "The exact text to sign."),
                        .required("nonce", .text(upTo: 200), "Goes with one request; it is not signed."),
                    ], isOpen: false))
        ) { [vault] call in
            let (message, nonce) = vault.challenge(for: try VaultRefusal.vaultCaller(call))
            return .json(["message": .string(message), "nonce": .string(nonce)])
        }
    }

    var unlock: Endpoint {
        let names = Schema.list(.text(upTo: 32), maximum: 16)
        return Endpoint(
            .post, "/wallet/provider-vault/unlock", area: WalletRoutes.vaultArea,
            summary: "Opens stored keys for this session.",
            access: .wallet(permission: "vault:unlock"),
            input: .object(
                [
                    .optional("signature", WalletRoutes.signature, "Over the vault text; required."),
                    .optional("nonce", WalletRoutes.nonce, "From derive-challenge; required."),
                    .optional("providers", .nullable(.list(.text(upTo: 32), maximum: 16)), "All stored, unless named."),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("unlocked", .boolean),
                        .required("unlockedProviders", names), .required("migratedProviders", names),
                        .required("lockedProviders", names), .required("skippedProviders", names),
                        .required("expiresInMs", .integer(0...Int64.max), "How long the keys stay open."),
                    ], isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let nonce = call.optionalText("nonce")
            let providers = call.body["providers"]?.array?.compactMap(\.string)
            let outcome = try await VaultRefusal.translating {
                let signature = try VaultRefusal.secret("signature", of: call)
                return try await vault.unlock(signature: signature, nonce: nonce, providers: providers, for: caller)
            }
            func list(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
            return .json([
                "success": true, "unlocked": .bool(outcome.unlocked),
                "unlockedProviders": list(outcome.unlockedProviders),
                "migratedProviders": list(outcome.migratedProviders),
                "lockedProviders": list(outcome.lockedProviders), "skippedProviders": list(outcome.skippedProviders),
                "expiresInMs": .integer(outcome.expiresInMilliseconds),
            ])
        }
    }
}
