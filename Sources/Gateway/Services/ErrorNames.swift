import Agents
import Database
import HTTPServer
import Identity
import Primitives
import Vault

/// Gives errors that no route has named a public kind, and a code for the log. Texts of errors never leave.
enum ErrorNames {
    /// For clients.
    static func publicError(_ error: any Error) -> APIError {
        switch error {
        case is CancellationError: APIError(.shuttingDown, reason: "cancelled")
        case DatabaseError.full, DatabaseError.busy, DatabaseError.timeLimit, DatabaseError.closed,
            DatabaseError.unavailable:
            APIError(.storageUnavailable, retryAfterSeconds: 5, reason: code(of: error))
        case is DatabaseError: APIError(.storageUnavailable, reason: code(of: error))
        case VaultError.auditBroken, VaultError.storageFailed: APIError(.storageUnavailable, reason: code(of: error))
        case AuthenticationError.unavailable:
            APIError(.storageUnavailable, retryAfterSeconds: 5, reason: "authentication")
        case let error as RateExceeded:
            APIError(.rateLimited, retryAfterSeconds: error.retryAfterSeconds, reason: "wallet")
        default: APIError(.internalError, reason: code(of: error))
        }
    }

    /// For the log: the error's type and case, without what it carries.
    static func code(of error: any Error) -> String {
        let text = String(describing: error)
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return "\(type(of: error)).\(name)"
    }
}
