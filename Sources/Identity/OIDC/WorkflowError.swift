/// Why a workflow's token was not exchanged, or a repository not registered.
public enum WorkflowError: Error, Hashable, CaseIterable, Sendable {
    /// This gateway takes no workflow tokens.
    case off
    /// The issuer's keys cannot be had: 503, never "invalid".
    case keysUnavailable
    /// The token is none for this gateway: by form, algorithm, issuer, audience or claims.
    case malformed
    /// The token's signature does not fit, or its key is none of the issuer's.
    case signatureInvalid
    /// The token's time is over.
    case expired
    /// The token was exchanged before.
    case used
    /// The token is of another repository than the request names.
    case repositoryMismatch
    /// No wallet has registered the repository for such a run.
    case notRegistered
    /// Several wallets have registered it, and the request names none.
    case ambiguous
    /// The repository was registered by its name, which belongs to another repository now.
    case repositoryChanged
    /// `repository` is not `owner/name`, `ref` no ref, `repositoryId` no number.
    case malformedRepository
    /// A permission is not `namespace:action`, there are none, or too many.
    case malformedPermissions
    /// `walletAddress` is no address.
    case malformedAddress
    /// Only a login registers, and none in which a contract had a say.
    case loginRequired
    /// The wallet has as many repositories as it may have.
    case tooMany
    /// The wallet has no such registration.
    case unknownRepository

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .off: "github_oidc_off"
        case .keysUnavailable: "issuer_keys_unavailable"
        case .malformed: "TOKEN_MALFORMED"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .expired: "TOKEN_EXPIRED"
        case .used: "TOKEN_USED"
        case .repositoryMismatch: "repository_mismatch"
        case .notRegistered: "repository_not_registered"
        case .ambiguous: "ambiguous_repository"
        case .repositoryChanged: "repository_changed"
        case .malformedRepository: "malformed_repository"
        case .malformedPermissions: "malformed_permissions"
        case .malformedAddress: "malformed_address"
        case .loginRequired: "login_required"
        case .tooMany: "too_many_repositories"
        case .unknownRepository: "unknown_repository"
        }
    }
}
