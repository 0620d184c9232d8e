import Ethereum
import HTTPTypes
import Primitives
public import HTTPServer
public import Identity

/// Logging GitHub workflows in, and the repositories whose workflows may.
public struct WorkflowRoutes: Sendable {
    static let area = "Workflows"

    private let workflows: WorkflowLogin
    private let credentials: Credentials

    /// The routes over the exchange.
    public init(workflows: WorkflowLogin, credentials: Credentials) {
        self.workflows = workflows
        self.credentials = credentials
    }

    /// Every route.
    public var endpoints: [Endpoint] {
        [exchange.rated(.login), list, register.rated(.credentials), remove]
    }

    private static let name = Schema.text(length: 3...140, format: nil)

    private var exchange: Endpoint {
        Endpoint(
            .post, "/auth/github/exchange", area: WorkflowRoutes.area,
            summary: "A workflow's OIDC token for a session of an hour.",
            detail:
                "The token's audience is this gateway's origin. A wallet has to have registered the repository at "
                + "/auth/github/repositories; there is no GitHub App. Where several have, `walletAddress` says which "
                + "one is meant. A token is exchanged once.",
            access: .anyone,
            input: .object(
                [
                    .required("token", .text(length: 1...8_192, format: nil), "GitHub's JWT, RS256."),
                    .required("repository", WorkflowRoutes.name, "`owner/name`, as in the token."),
                    .optional("walletAddress", .nullable(.format(.address)), "For whom the run acts."),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("token", .text(upTo: 8_192), "Send it as Authorization: Bearer."),
                        .required("walletAddress", .format(.address), "For whom the run acts."),
                        .required("permissions", CredentialRoutes.permissionList, "What the session may do."),
                        .required("expiresAt", .text(upTo: 40), "ISO 8601."),
                    ], isOpen: false)),
            errors: WorkflowRefusal.kinds(of: [
                .malformedAddress, .malformed, .signatureInvalid, .expired, .used, .repositoryMismatch, .notRegistered,
                .repositoryChanged, .off, .ambiguous, .keysUnavailable,
            ])
        ) { [workflows] call in
            let grant = try await WorkflowRefusal.translating {
                try await workflows.exchange(
                    token: try call.text("token"), repository: try call.text("repository"),
                    wallet: call.optionalText("walletAddress"))
            }
            return .json([
                "token": .string(grant.token), "walletAddress": .string(grant.wallet.lowercase),
                "permissions": JSON(permissions: grant.permissions), "expiresAt": .string(grant.expiresAt.iso8601),
            ])
        }
    }

    private var list: Endpoint {
        Endpoint(
            .get, "/auth/github/repositories", area: WorkflowRoutes.area,
            summary: "The repositories whose workflows may act for the wallet.",
            access: .wallet(permission: "github:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "repositories",
                            .list(WorkflowRoutes.repository, maximum: Repositories.maximumPerWallet))
                    ], isOpen: false))
        ) { [credentials] call in
            let found = try await credentials.repositories(of: try call.credentialOwner())
            return .json(["repositories": .array(found.map(WorkflowRoutes.json))])
        }
    }

    private var register: Endpoint {
        Endpoint(
            .post, "/auth/github/repositories", area: WorkflowRoutes.area,
            summary: "Lets a repository's workflows act for the wallet.",
            detail:
                "Only with a wallet's own login. The repository's number is taken from `repositoryId`, or from the "
                + "first run; a repository that takes the name later is refused. The same name again replaces what "
                + "was registered.",
            access: .wallet(permission: "github:write"),
            input: .object(
                [
                    .required("repository", WorkflowRoutes.name, "`owner/name`."),
                    .required("permissions", CredentialRoutes.permissionList, "At least one `namespace:action`."),
                    .optional(
                        "repositoryId", .nullable(.text(length: 1...20, format: nil)), "GitHub's number of it."),
                    .optional(
                        "ref", .nullable(.text(length: 1...200, format: nil)),
                        "The only ref whose runs may act, `refs/heads/main`."),
                ], isOpen: true),
            answer: .json(201, WorkflowRoutes.repository),
            errors: WorkflowRefusal.kinds(of: [.malformedRepository, .malformedPermissions, .loginRequired, .tooMany])
        ) { [credentials] call in
            let request = Credentials.RepositoryRequest(
                name: try call.text("repository"), number: call.optionalText("repositoryId"),
                ref: call.optionalText("ref"), permissions: call.texts("permissions") ?? [])
            let repository = try await WorkflowRefusal.translating {
                try await credentials.register(request, by: try call.credentialOwner())
            }
            return .json(WorkflowRoutes.json(repository), status: 201)
        }
    }

    private var remove: Endpoint {
        Endpoint(
            .delete, "/auth/github/repositories/{id}", area: WorkflowRoutes.area,
            summary: "Ends a registration and its workflows' sessions.",
            access: .wallet(permission: "github:write"), answer: CredentialRoutes.success,
            errors: WorkflowRefusal.kinds(of: [.unknownRepository])
        ) { [credentials] call in
            try await WorkflowRefusal.translating {
                try await credentials.removeRepository(try call.path("id"), by: try call.credentialOwner())
            }
            return .json(["success": true])
        }
    }

    private static let repository = Schema.named(
        "Repository",
        .object(
            [
                .required("id", .text(upTo: 64)), .required("repository", .text(upTo: 140), "`owner/name`."),
                .required("repositoryId", .nullable(.text(upTo: 20)), "Null until the first run."),
                .required("ref", .nullable(.text(upTo: 200))),
                .required("permissions", CredentialRoutes.permissionList),
                .required("createdAt", .text(upTo: 40), "ISO 8601."),
            ], isOpen: false))

    private static func json(_ repository: Repository) -> JSON {
        [
            "id": .string(repository.id), "repository": .string(repository.name),
            "repositoryId": repository.number.map { .string($0) } ?? .null,
            "ref": repository.ref.map { .string($0) } ?? .null,
            "permissions": JSON(permissions: repository.permissions),
            "createdAt": .string(repository.createdAt.iso8601),
        ]
    }
}
