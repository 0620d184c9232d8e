import Cryptography
import Database
import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    private static let notSet = APIError.Kind(404, "secret_not_set", "Nothing is stored under this name.")
    private static let locked = APIError.Kind(
        409, "secret_locked", "Unlock first: sign the text of derive-challenge and send it to unlock.")
    private static let damaged = APIError.Kind(
        409, "secret_damaged", "What is stored does not open with this vault's key. Store it again.")
    private static let unknownAgent = APIError.Kind(404, "agent_not_found", "There is no such agent. See /agents.")
    private static let badScope = APIError.Kind(
        400, "secret_scope_invalid",
        "The id has 1 to 64 of A-Z a-z 0-9 . _ -, begins with a letter or digit, and is none of "
            + VaultFace.reserved.sorted().joined(separator: ", ") + ".")
    private static let keyName = TextFormat(
        pattern: "^[A-Za-z0-9._-]{1,64}$", length: 1...SecretName.maximumKeyBytes
    ) { text in
        text.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "._-".utf8.contains(byte)
        }
    }
    /// A byte may be written with six.
    private static let escapedBytes = 1...6 * WalletVault.maximumSecretBytes
    private static let keyNames = Schema.list(
        .text(upTo: SecretName.maximumKeyBytes), maximum: WalletVault.maximumKeysPerScope)

    /// The routes of MCP servers' secrets and of agents' secrets.
    var secretRoutes: [Endpoint] {
        vaultRoutes(.mcpSecrets)
            + [
                storeSecrets(.mcpSecrets, "serverId"), mcpSecretNames, mcpSecretValues, mcpSecretValue,
                deleteSecrets(.mcpSecrets, "serverId"),
            ] + vaultRoutes(.agentSecrets)
            + [storeSecrets(.agentSecrets, "agentId"), agentSecretNames, deleteSecrets(.agentSecrets, "agentId")]
    }

    private func scope(_ face: VaultFace, _ hole: String, of call: Call) throws -> SecretScope {
        let text = try call.path(hole)
        guard !VaultFace.reserved.contains(text), let scope = SecretScope(text, of: face.purpose) else {
            throw APIError(WalletRoutes.badScope)
        }
        guard face.purpose != .agentSecrets || requiredSecrets(text) != nil else {
            throw APIError(WalletRoutes.unknownAgent)
        }
        return scope
    }

    private static func scopeErrors(_ face: VaultFace) -> [APIError.Kind] {
        [badScope] + (face.purpose == .agentSecrets ? [unknownAgent] : []) + VaultRefusal.kinds
            + SealedMember.kinds
    }

    private func storeSecrets(_ face: VaultFace, _ hole: String) -> Endpoint {
        Endpoint(
            .post, face.path + "/{\(hole)}", area: face.area,
            summary: "Stores \(face.belongings), beside those of other names.",
            detail: "At most \(WalletVault.maximumKeysPerScope) names for one of at most \(WalletVault.maximumScopes) "
                + "\(face.member), each value 1 to \(WalletVault.maximumSecretBytes) bytes. Storing opens them for "
                + "this session.",
            access: .wallet(permission: "vault:write"),
            input: .object(
                [
                    .required(
                        "secrets",
                        .secrets(
                            name: WalletRoutes.keyName, bytes: WalletRoutes.escapedBytes,
                            maximum: WalletVault.maximumKeysPerScope))
                ] + VaultSchema.proof, isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("encryptionMode", VaultSchema.mode),
                        .required("unlocked", .boolean), .required("needsMigration", .boolean),
                        .required("configuredSecrets", WalletRoutes.keyNames),
                    ], isOpen: false)), errors: WalletRoutes.scopeErrors(face), bodyLimit: 64 << 10
        ) { [self] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let scope = try scope(face, hole, of: call)
            let stored = try await VaultRefusal.translating {
                let secrets = try call.withSecrets("secrets") { try WalletRoutes.secret($0, $1, of: scope) }
                return try await vault.store(secrets, VaultSchema.proof(call, sealed, caller), for: caller)
            }
            let names = try await database.read { try vault.names(in: scope, of: caller.wallet, in: $0) }
            return .json([
                "success": true, "encryptionMode": stored.isSigned ? "sign-to-derive" : "hkdf",
                "unlocked": .bool(stored.unlocked), "needsMigration": .bool(!stored.isSigned),
                "configuredSecrets": VaultSchema.list(names),
            ])
        }
    }

    private static func secret(
        _ key: String, _ escaped: UnsafeRawBufferPointer, of scope: SecretScope
    ) throws -> NamedSecret {
        guard let name = SecretName(key, of: scope), let count = JSONEscapes.count(of: escaped),
            (1...WalletVault.maximumSecretBytes).contains(count)
        else { throw VaultError.secretInvalid }
        return NamedSecret(name, try Secret(count: count) { JSONEscapes.write(escaped, into: $0) })
    }

    private var mcpSecretNames: Endpoint {
        Endpoint(
            .get, "/wallet/mcp-secrets/{serverId}", area: WalletRoutes.secretsArea,
            summary: "The names of a server's stored secrets.", access: .wallet(permission: "vault:read"),
            answer: .json(
                200, .object([.required("configuredSecrets", WalletRoutes.keyNames)], isOpen: false)),
            errors: WalletRoutes.scopeErrors(.mcpSecrets)
        ) { [self] call in
            let caller = try call.caller()
            let scope = try scope(.mcpSecrets, "serverId", of: call)
            let names = try await database.read { try vault.names(in: scope, of: caller.walletID, in: $0) }
            return .json(["configuredSecrets": VaultSchema.list(names)])
        }
    }

    private var agentSecretNames: Endpoint {
        Endpoint(
            .get, "/wallet/agent-secrets/{agentId}", area: WalletRoutes.secretsArea,
            summary: "The names of an agent's stored secrets, and of those that it still needs.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("configuredSecrets", WalletRoutes.keyNames),
                        .required("missingRequired", WalletRoutes.keyNames),
                        .required("ready", .boolean, "Nothing is missing."),
                    ], isOpen: false)), errors: WalletRoutes.scopeErrors(.agentSecrets)
        ) { [self] call in
            let caller = try call.caller()
            let scope = try scope(.agentSecrets, "agentId", of: call)
            let names = try await database.read { try vault.names(in: scope, of: caller.walletID, in: $0) }
            let missing = (requiredSecrets(scope.text) ?? []).filter { !names.contains($0) }
            return .json([
                "configuredSecrets": VaultSchema.list(names), "missingRequired": VaultSchema.list(missing),
                "ready": .bool(missing.isEmpty),
            ])
        }
    }

    private var mcpSecretValues: Endpoint {
        Endpoint(
            .get, "/wallet/mcp-secrets/{serverId}/values", area: WalletRoutes.secretsArea,
            summary: "A server's stored secrets themselves, while they are unlocked.",
            detail: "Each one that is shown is a row in the vault's log.", access: .wallet(permission: "secrets:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "secrets",
                            .list(
                                .object(
                                    [.required("key", .text(upTo: 64)), .required("value", .text(upTo: 512))],
                                    isOpen: false), maximum: WalletVault.maximumKeysPerScope))
                    ], isOpen: false)),
            errors: WalletRoutes.scopeErrors(.mcpSecrets) + [WalletRoutes.locked, WalletRoutes.damaged]
        ) { [self] call in
            let shown = try await show(nil, call)
            return .json([
                "secrets": .array(
                    shown.map { ["key": .string($0.name.key ?? ""), "value": WalletRoutes.text(of: $0.value)] })
            ])
        }
    }

    private var mcpSecretValue: Endpoint {
        Endpoint(
            .get, "/wallet/mcp-secrets/{serverId}/values/{key}", area: WalletRoutes.secretsArea,
            summary: "One stored secret itself, while it is unlocked.", access: .wallet(permission: "secrets:read"),
            answer: .json(200, .object([.required("value", .text(upTo: 512))], isOpen: false)),
            errors: WalletRoutes.scopeErrors(.mcpSecrets)
                + [WalletRoutes.locked, WalletRoutes.damaged, WalletRoutes.notSet]
        ) { [self] call in
            guard let found = try await show(try call.path("key"), call).first else {
                throw APIError(WalletRoutes.notSet)
            }
            return .json(["value": WalletRoutes.text(of: found.value)])
        }
    }

    private func show(_ key: String?, _ call: Call) async throws -> [NamedSecret] {
        let caller = try VaultRefusal.vaultCaller(call)
        let scope = try scope(.mcpSecrets, "serverId", of: call)
        do {
            return try await VaultRefusal.translating { try await vault.show(scope, key: key, for: caller) }
        } catch let error as ProviderKeyError {
            switch error {
            case .missing: throw APIError(WalletRoutes.notSet)
            case .locked: throw APIError(WalletRoutes.locked)
            case .damaged: throw APIError(WalletRoutes.damaged)
            }
        }
    }

    private static func text(of secret: Secret) -> JSON {
        .string(secret.withBytes { String(decoding: $0, as: UTF8.self) })
    }

    private func deleteSecrets(_ face: VaultFace, _ hole: String) -> Endpoint {
        Endpoint(
            .delete, face.path + "/{\(hole)}", area: face.area, summary: "Forgets stored \(face.belongings).",
            access: .wallet(permission: "vault:write"),
            answer: .json(200, .object([.required("success", .boolean)], isOpen: false)),
            errors: WalletRoutes.scopeErrors(face)
        ) { [self] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let scope = try scope(face, hole, of: call)
            _ = try await VaultRefusal.translating { try await vault.delete(scope, for: caller) }
            return .json(["success": true])
        }
    }
}
