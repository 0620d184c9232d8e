import HTTPServer
import HTTPTypes
import Identity
import Primitives

extension CredentialRoutes {
    var listKeys: Endpoint {
        Endpoint(
            .get, "/auth/api-keys", area: CredentialRoutes.area, summary: "The wallet's API keys, oldest first.",
            detail: "By their prefixes. A key itself is shown once, when it is made.",
            access: .wallet(permission: "apikeys:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "apiKeys", .list(CredentialRoutes.key, maximum: APIKeys.maximumPerWallet))
                    ], isOpen: false))
        ) { [credentials] call in
            let keys = try await credentials.apiKeys(of: try call.credentialOwner())
            return .json(["apiKeys": .array(keys.map { .object(CredentialRoutes.members(of: $0)) })])
        }
    }

    var createKey: Endpoint {
        Endpoint(
            .post, "/auth/api-keys", area: CredentialRoutes.area, summary: "Makes an API key for a program.",
            detail:
                "Send it as X-Api-Key, or as Authorization: Bearer. It may do what `permissions` says and nothing "
                + "else; an empty list is nothing, and a `*` for the namespace does not reach credentials. Stored is a "
                + "hash alone.",
            access: .wallet(permission: "apikeys:write"),
            input: .object(
                [
                    .required("name", .text(length: 1...APIKeys.maximumNameLength, format: nil), "What you call it."),
                    .required("permissions", CredentialRoutes.permissionList, "`namespace:action` each."),
                    .optional(
                        "expiresAt", .nullable(.text(length: 1...40, format: nil)),
                        "ISO 8601, at most a year ahead, as it is if left out."),
                    .optional(
                        "serverId", .nullable(.text(length: 1...128, format: nil)), "The one tool server it is for."),
                ], isOpen: true),
            answer: .json(201, CredentialRoutes.shownKey),
            errors: APIKeyRefusal.kinds(of: [
                .tooMany, .malformedName, .malformedPermissions, .malformedServer, .malformedExpiry, .lifetimeTooLong,
                .permissionNotHeld, .outlivesCaller,
            ])
        ) { [credentials] call in
            let request = Credentials.APIKeyRequest(
                name: try call.text("name"), permissions: call.texts("permissions") ?? [],
                server: call.optionalText("serverId"), expiresAt: call.optionalText("expiresAt"))
            let made = try await APIKeyRefusal.translating {
                try await credentials.createAPIKey(request, by: try call.credentialOwner())
            }
            return CredentialRoutes.shown(made, status: 201)
        }
    }

    var rotateKey: Endpoint {
        Endpoint(
            .post, "/auth/api-keys/{id}/rotate", area: CredentialRoutes.area,
            summary: "Gives an API key a new secret.",
            detail:
                "The old secret stays good for `overlapSeconds`: 0, or \(APIKeys.minimumOverlapSeconds) to "
                + "\(APIKeys.maximumOverlapSeconds), an hour if left out. One before that ends at once.",
            access: .wallet(permission: "apikeys:write"),
            input: .object(
                [
                    .optional("overlapSeconds", .nullable(.integer(0...APIKeys.maximumOverlapSeconds))),
                    .optional(
                        "expiresAt", .nullable(.text(length: 1...40, format: nil)),
                        "ISO 8601, at most a year ahead; as before if left out."),
                ], isOpen: true),
            answer: .json(200, CredentialRoutes.shownKey),
            errors: APIKeyRefusal.kinds(of: [
                .unknown, .notRotatable, .overlapOutOfRange, .malformedExpiry, .lifetimeTooLong, .permissionNotHeld,
                .outlivesCaller,
            ])
        ) { [credentials] call in
            let made = try await APIKeyRefusal.translating {
                try await credentials.rotateAPIKey(
                    try call.path("id"),
                    overlapSeconds: call.body["overlapSeconds"]?.integer ?? APIKeys.defaultOverlapSeconds,
                    expiresAt: call.optionalText("expiresAt"), by: try call.credentialOwner())
            }
            return CredentialRoutes.shown(made, status: 200)
        }
    }

    var revokeKey: Endpoint {
        Endpoint(
            .delete, "/auth/api-keys/{id}", area: CredentialRoutes.area,
            summary: "Ends an API key and locks its vault.", access: .wallet(permission: "apikeys:write"),
            answer: CredentialRoutes.success, errors: APIKeyRefusal.kinds(of: [.unknown])
        ) { [credentials] call in
            try await APIKeyRefusal.translating {
                try await credentials.revokeAPIKey(try call.path("id"), by: try call.credentialOwner())
            }
            return .json(["success": true])
        }
    }

    private static let version: [Schema.Property] = [
        .required("prefix", .text(upTo: 20), "How the key begins."),
        .required("expiresAt", .text(upTo: 40), "ISO 8601."),
    ]

    private static let keyProperties: [Schema.Property] =
        [
            .required("id", .text(upTo: 64), "Stays when the secret is rotated."),
            .required("name", .nullable(.text(upTo: APIKeys.maximumNameLength))),
        ] + version + [
            .required("permissions", permissionList),
            .required("serverId", .nullable(.text(upTo: 128))),
            .required("createdAt", .text(upTo: 40), "ISO 8601."),
            .required("lastUsedAt", .nullable(.text(upTo: 40)), "To ten minutes; null if not yet."),
            .required(
                "previous", .nullable(.object(version, isOpen: false)), "The secret before it, while that is good."),
        ]

    private static let key = Schema.named("APIKey", .object(keyProperties, isOpen: false))

    private static let shownKey = Schema.object(
        [.required("apiKey", .text(upTo: 100), "The key. It is never shown again.")] + keyProperties, isOpen: false)

    private static func members(of key: APIKey) -> [JSON.Member] {
        [
            .init("id", .string(key.id)), .init("name", key.name.map { .string($0) } ?? .null),
            .init("prefix", .string(key.current.prefix)), .init("expiresAt", .string(key.current.endsAt.iso8601)),
            .init("permissions", JSON(permissions: key.permissions)),
            .init("serverId", key.server.map { .string($0) } ?? .null),
            .init("createdAt", .string(key.createdAt.iso8601)), .init("lastUsedAt", JSON(moment: key.lastUsedAt)),
            .init(
                "previous",
                key.previous.map { ["prefix": .string($0.prefix), "expiresAt": .string($0.endsAt.iso8601)] } ?? .null),
        ]
    }

    private static func shown(_ made: NewAPIKey, status: HTTPStatus) -> Response {
        .json(.object([.init("apiKey", .string(made.text))] + members(of: made.key)), status: status)
    }
}
