import HTTPServer
import HTTPTypes
import Identity
import Primitives

extension CredentialRoutes {
    private static let unknownSession = APIError.Kind(
        404, "unknown_session", "This wallet has no such session, or it has ended. /auth/sessions lists them.")

    var listSessions: Endpoint {
        Endpoint(
            .get, "/auth/sessions", area: CredentialRoutes.area, summary: "The wallet's sessions, newest first.",
            detail:
                "At most \(Credentials.listedSessions). Wallet tokens are not listed: each carries its own proof, and "
                + "nobody knows it before it is used.",
            access: .wallet(permission: "sessions:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "sessions",
                            .list(CredentialRoutes.session, maximum: Credentials.listedSessions)),
                        .required("more", .boolean, "Whether there are older ones that are not listed."),
                    ], isOpen: false))
        ) { [credentials] call in
            let owner = try call.credentialOwner()
            let (sessions, hasMore) = try await credentials.sessions(of: owner)
            return .json([
                "sessions": .array(
                    sessions.map { session in
                        [
                            "id": .string(session.id), "kind": .string(session.kind),
                            "createdAt": .string(session.createdAt.iso8601),
                            "lastUsedAt": JSON(moment: session.lastUsedAt),
                            "expiresAt": .string(session.expiresAt.iso8601),
                            "current": .bool(session.id.hasSameBytes(as: owner.sessionID)),
                        ]
                    }),
                "more": .bool(hasMore),
            ])
        }
    }

    private static let session = Schema.object(
        [
            .required("id", .text(upTo: 100)),
            .required("kind", .choice(["login", "device", "github", "other"]), "How it began."),
            .required("createdAt", .text(upTo: 40), "ISO 8601."),
            .required("lastUsedAt", .nullable(.text(upTo: 40)), "To ten minutes; null if not yet."),
            .required("expiresAt", .text(upTo: 40), "ISO 8601."),
            .required("current", .boolean, "Whether it is the one that asks."),
        ], isOpen: false)

    var revokeSession: Endpoint {
        Endpoint(
            .delete, "/auth/sessions/{id}", area: CredentialRoutes.area,
            summary: "Ends one session and locks its vault.", access: .wallet(permission: "sessions:write"),
            answer: CredentialRoutes.success, errors: [CredentialRoutes.unknownSession]
        ) { [credentials] call in
            do {
                try await credentials.revokeSession(try call.path("id"), by: try call.credentialOwner())
            } catch is Credentials.UnknownSession {
                throw APIError(CredentialRoutes.unknownSession)
            }
            return .json(["success": true])
        }
    }

    var revokeSessions: Endpoint {
        Endpoint(
            .delete, "/auth/sessions", area: CredentialRoutes.area,
            summary: "Ends everything that acts for the wallet, and locks all its vaults.",
            detail:
                "Sessions, devices, registered repositories and wallet tokens. A wallet token's text has no date of "
                + "issue, so a new one works afterwards only if it expires more than a year after this call.",
            access: .wallet(permission: "sessions:write"),
            parameters: [
                .init(.query, "apiKeys", .one, "1 ends the API keys as well."),
                .init(.query, "keepCurrent", .one, "1 leaves the session that asks alone."),
                .init(.query, "keepWalletTokens", .one, "1 leaves wallet tokens alone."),
            ],
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean),
                        .required("sessions", .integer(0...Int64.max), "How many sessions that were."),
                        .required("apiKeys", .integer(0...Int64.max), "How many API keys."),
                        .required("devices", .integer(0...Int64.max), "How many devices."),
                        .required("repositories", .integer(0...Int64.max), "How many registered repositories."),
                    ], isOpen: false))
        ) { [credentials] call in
            var scope = Credentials.RevocationScope()
            scope.endsAPIKeys = call.parameter("apiKeys") != nil
            scope.keepsCurrent = call.parameter("keepCurrent") != nil
            scope.keepsWalletTokens = call.parameter("keepWalletTokens") != nil
            let counts = try await credentials.revokeAll(scope, by: try call.credentialOwner())
            return .json([
                "success": true, "sessions": .integer(Int64(counts.sessions)),
                "apiKeys": .integer(Int64(counts.apiKeys)), "devices": .integer(Int64(counts.devices)),
                "repositories": .integer(Int64(counts.repositories)),
            ])
        }
    }
}
