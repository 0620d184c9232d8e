import Cryptography
import Database

extension ChatError {
    /// The refusal for what a transaction or a provider threw.
    init(_ error: any Error) {
        switch error {
        case let error as ChatError: self = error
        case let refusal as ProviderRefusal: self = .provider(refusal)
        case SpendingRefusal.unknownModel: self = .unknownModel
        case SpendingRefusal.insufficientBalance(let available, let needed):
            self = .insufficientBalance(available: available, needed: needed)
        case ProviderKeyProblem.missing: self = .missingSecrets(isLocked: false)
        case ProviderKeyProblem.locked: self = .missingSecrets(isLocked: true)
        case ProviderKeyProblem.blocked: self = .secretReleaseBlocked
        case SecretError.exhausted: self = .secretMemoryFull
        case DatabaseError.full, DatabaseError.busy, DatabaseError.overloaded, DatabaseError.timeLimit,
            DatabaseError.closed, DatabaseError.inputOutput, DatabaseError.unavailable:
            self = .storageUnavailable
        default: self = .unexpected
        }
    }
}
