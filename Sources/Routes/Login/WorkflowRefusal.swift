import HTTPServer
import HTTPTypes
import Identity

/// What a client is told when a workflow is not let in, or a repository not registered.
enum WorkflowRefusal {
    /// The kinds that these errors become.
    static func kinds(of errors: [WorkflowError]) -> [APIError.Kind] {
        errors.map { APIError.Kind(status(of: $0), $0.code, help(for: $0)) }
    }

    static func translating<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as WorkflowError {
            throw APIError(
                APIError.Kind(status(of: error), error.code, help(for: error)),
                retryAfterSeconds: error == .keysUnavailable ? 30 : nil, reason: String(describing: error))
        }
    }

    private static func status(of error: WorkflowError) -> HTTPStatus {
        switch error {
        case .malformedRepository, .malformedPermissions, .malformedAddress: 400
        case .malformed, .signatureInvalid, .expired, .used: 401
        case .repositoryMismatch, .notRegistered, .repositoryChanged, .loginRequired: 403
        case .off, .unknownRepository: 404
        case .ambiguous, .tooMany: 409
        case .keysUnavailable: 503
        }
    }

    private static func help(for error: WorkflowError) -> String {
        switch error {
        case .off: "This gateway takes no workflow tokens. Its operator has to set SEALGATE_GITHUB_OIDC."
        case .keysUnavailable: "The issuer's keys cannot be had now. Try again."
        case .malformed: "This is no token of the issuer for this gateway: the audience must be its origin."
        case .signatureInvalid: "The token is not signed by a key of the issuer."
        case .expired: "The token's time is over. Ask for a new one in the workflow."
        case .used: "The token was exchanged before. Ask for a new one in the workflow."
        case .repositoryMismatch: "The token is of another repository than the request names."
        case .notRegistered: "No wallet has registered this repository for such a run: /auth/github/repositories."
        case .ambiguous: "Several wallets have registered this repository. Name yours in walletAddress."
        case .repositoryChanged: "The name belongs to another repository than was registered. Register it anew."
        case .malformedRepository: "repository must be owner/name, repositoryId a number, ref begin with refs/."
        case .malformedPermissions: "permissions must be 1 to 16 of the form namespace:action that you have yourself."
        case .malformedAddress: "walletAddress must be 0x and 40 hex digits, with a correct checksum if in mixed case."
        case .loginRequired: "Only a login registers repositories: log in with /auth/challenge."
        case .tooMany: "A wallet has at most \(Repositories.maximumPerWallet) repositories. Remove one first."
        case .unknownRepository: "This wallet has no such registration. /auth/github/repositories lists them."
        }
    }
}
