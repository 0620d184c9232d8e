import Cryptography
import Database
import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    /// Three routes for each provider that is served.
    var providerKeys: [Endpoint] {
        ProviderSlug.served.flatMap { [storeKey(of: $0), keyStatus(of: $0), deleteKey(of: $0)] }
    }

    /// `/wallet/apikey` for the provider that came first, `/wallet/<slug>-apikey` for the rest.
    private static func path(of provider: ProviderSlug) -> String {
        provider == .anthropic ? "/wallet/apikey" : "/wallet/\(provider.text)-apikey"
    }

    private static func member(of provider: ProviderSlug) -> String {
        provider.text + "ApiKey"
    }

    private func storeKey(of provider: ProviderSlug) -> Endpoint {
        let member = WalletRoutes.member(of: provider)
        return Endpoint(
            .put, WalletRoutes.path(of: provider), area: WalletRoutes.vaultArea,
            summary: "Stores the wallet's \(provider.text) key.",
            detail:
                "Sign the text of /wallet/provider-vault/derive-challenge with EIP-191, or its typed data with "
                + "EIP-712. The key is encrypted under a key derived from that signature; the gateway keeps neither. "
                + "Storing opens it for this session.",
            access: .wallet(permission: "vault:write"),
            input: .object(
                [
                    .optional(member, .secret(length: 8...WalletVault.maximumSecretBytes), "The key; or sealedKey."),
                    .optional("sealedKey", SealedMember.schema, "The key under seal, in place of the plain one."),
                ] + VaultSchema.proof, isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("configured", .boolean),
                        .required("encryptionMode", VaultSchema.mode), .required("unlocked", .boolean),
                        .required("needsMigration", .boolean, "Store it under a signature to be rid of this."),
                    ], isOpen: false)), errors: VaultRefusal.kinds + SealedMember.kinds
        ) { [vault, sealed] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let stored = try await VaultRefusal.translating {
                let key = try sealed.secret(
                    member, orSealed: "sealedKey", for: .providerKey(provider), of: call, caller)
                guard let key else { throw APIError(.invalidRequest, message: "\(member) is missing.") }
                return try await vault.store(
                    [NamedSecret(SecretName(provider), key)], VaultSchema.proof(call, sealed, caller), for: caller)
            }
            return .json([
                "success": true, "configured": true, "encryptionMode": stored.isSigned ? "sign-to-derive" : "hkdf",
                "unlocked": .bool(stored.unlocked), "needsMigration": .bool(!stored.isSigned),
            ])
        }
    }

    private func keyStatus(of provider: ProviderSlug) -> Endpoint {
        Endpoint(
            .get, WalletRoutes.path(of: provider) + "/status", area: WalletRoutes.vaultArea,
            summary: "Whether the wallet's \(provider.text) key is stored, and open. Never the key.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("configured", .boolean), .required("persistent", .boolean),
                        .required("encryptionMode", VaultSchema.mode, "hkdf: the gateway can open it alone."),
                        .required("unlocked", .boolean, "Whether this session can use it now."),
                        .required("needsMigration", .boolean, "There is a copy that the gateway can open alone."),
                        .required("textKind", VaultSchema.kind, "What has to be signed to open it."),
                        .required(
                            "determinism", VaultSchema.determinism,
                            "Whether the wallet was seen to sign the same twice, in two logins or at storing."),
                    ], isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault, database] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let status = try await VaultRefusal.translating {
                try await database.read { try vault.status(SecretName(provider), for: caller, in: $0) }
            }
            return .json([
                "configured": .bool(status.configured), "persistent": true,
                "encryptionMode": VaultSchema.mode(of: status), "unlocked": .bool(status.unlocked),
                "needsMigration": .bool(status.hasUnsignedCopy),
                "textKind": status.kind.map { .string($0.rawValue) } ?? nil,
                "determinism": VaultSchema.determinism(of: status),
            ])
        }
    }

    private func deleteKey(of provider: ProviderSlug) -> Endpoint {
        Endpoint(
            .delete, WalletRoutes.path(of: provider), area: WalletRoutes.vaultArea,
            summary: "Forgets the wallet's \(provider.text) key.", access: .wallet(permission: "vault:write"),
            answer: .json(
                200, .object([.required("success", .boolean), .required("configured", .boolean)], isOpen: false)),
            errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            _ = try await VaultRefusal.translating { try await vault.delete(SecretScope(provider), for: caller) }
            return .json(["success": true, "configured": false])
        }
    }
}
