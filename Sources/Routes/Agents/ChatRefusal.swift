import Agents
import HTTPServer
import HTTPTypes
import Primitives

/// What a client is told when a session or a message is refused.
enum ChatRefusal {
    static let noImages = APIError.Kind(400, "images_not_supported", "Send text only: images are not taken.")

    /// Everything a message may be refused with.
    static let chatKinds: [APIError.Kind] =
        kinds(of: [
            .agentNotFound, .sessionNotFound, .sessionFull, .emptyMessage, .messageTooLong, .invalidOutputLimit,
            .unknownModel, .missingSecrets(isLocked: false), .insufficientBalance(available: .zero, needed: .zero),
            .turnInProgress, .tooManyTurns, .busy, .secretMemoryFull, .secretReleaseBlocked, .shuttingDown,
            .idempotencyConflict, .idempotencyInProgress, .provider(.keyRejected),
            .provider(.rateLimited(retryAfterSeconds: 1)), .provider(.unavailable), .provider(.requestRefused),
        ]) + [noImages]

    static func kinds(of errors: [ChatError]) -> [APIError.Kind] {
        errors.map(kind)
    }

    static func kind(of error: ChatError) -> APIError.Kind {
        APIError.Kind(HTTPStatus(error.status), error.code, error.message)
    }

    static func named(_ error: ChatError) -> APIError {
        APIError(
            kind(of: error), details: error.details, retryAfterSeconds: error.retryAfterSeconds)
    }

    static func translating<R: Sendable>(_ body: () async throws(ChatError) -> R) async throws(APIError) -> R {
        do { return try await body() } catch { throw named(error) }
    }
}
