public import Primitives

/// Why a chat turn, or a call about conversations, was refused before anything was charged.
///
/// `code` is stable and part of the wire contract; `message` is for people and holds nothing a provider wrote.
public enum ChatError: Error, Hashable, Sendable {
    /// No agent has this id.
    case agentNotFound
    /// No conversation of this wallet with this agent has this id.
    case sessionNotFound
    /// The wallet has `ConversationLimits.perWallet` conversations.
    case tooManySessions
    /// The conversation is as long as it may get.
    case sessionFull
    /// The message is empty.
    case emptyMessage
    /// The message is longer than `ConversationLimits.messageBytes`.
    case messageTooLong
    /// The limit of output tokens is not above zero.
    case invalidOutputLimit
    /// The idempotency key is not 1 to `TurnKey.maximumLength` visible ASCII characters.
    case invalidIdempotencyKey
    /// The price list does not know the model.
    case unknownModel
    /// No such execution engine is offered.
    case unknownEngine
    /// The wallet has stored no provider key (`isLocked` false), or it is not open in this session (true).
    case missingSecrets(isLocked: Bool)
    /// The wallet cannot pay for the smallest answer.
    case insufficientBalance(available: MicroUSDC, needed: MicroUSDC)
    /// The conversation is answering another message.
    case turnInProgress
    /// The idempotency key was used for another request.
    case idempotencyConflict
    /// The request with this idempotency key is still being answered.
    case idempotencyInProgress
    /// `TurnLimits.runningPerWallet` turns of the wallet are under way.
    case tooManyTurns
    /// `TurnLimits.running` turns are under way.
    case busy
    /// This instance is not trusted enough to open the wallet's key.
    case secretReleaseBlocked
    /// Secret memory has no room for the wallet's key.
    case secretMemoryFull
    /// The gateway is about to end.
    case shuttingDown
    /// The provider gave no answer.
    case provider(ProviderRefusal)
    /// The data could not be read or written. Nothing was started.
    case storageUnavailable
    /// A fault of the gateway's own.
    case unexpected
}

extension ChatError {
    /// The wire contract's word for it.
    public var code: String {
        switch self {
        case .agentNotFound: "agent_not_found"
        case .sessionNotFound: "session_not_found"
        case .tooManySessions: "too_many_sessions"
        case .sessionFull: "session_full"
        case .emptyMessage: "empty_message"
        case .messageTooLong: "message_too_long"
        case .invalidOutputLimit: "invalid_output_limit"
        case .invalidIdempotencyKey: "invalid_idempotency_key"
        case .unknownModel: "unknown_model"
        case .unknownEngine: "unknown_engine"
        case .missingSecrets: "missing_secrets"
        case .insufficientBalance: "insufficient_balance"
        case .turnInProgress: "turn_in_progress"
        case .idempotencyConflict: "idempotency_conflict"
        case .idempotencyInProgress: "idempotency_in_progress"
        case .tooManyTurns: "too_many_turns"
        case .busy: "busy"
        case .secretReleaseBlocked: "secret_release_blocked"
        case .secretMemoryFull: "secret_memory_full"
        case .shuttingDown: "shutting_down"
        case .provider(.keyRejected): "provider_key_rejected"
        case .provider(.rateLimited): "provider_rate_limited"
        case .provider(.unavailable): "provider_unavailable"
        case .provider(.requestRefused): "provider_request_refused"
        case .provider(.cancelled): "client_left"
        case .storageUnavailable: "storage_unavailable"
        case .unexpected: "internal_error"
        }
    }

    /// The HTTP status that goes with it. 401 never: that is for bad tokens alone.
    public var status: Int {
        switch self {
        case .agentNotFound, .sessionNotFound: 404
        case .emptyMessage, .invalidOutputLimit, .invalidIdempotencyKey, .unknownModel, .unknownEngine, .missingSecrets:
            400
        case .insufficientBalance: 402
        case .tooManySessions, .sessionFull, .turnInProgress, .idempotencyConflict, .idempotencyInProgress: 409
        case .messageTooLong: 413
        case .provider(.keyRejected): 424
        case .provider(.rateLimited), .tooManyTurns: 429
        case .provider(.requestRefused): 422
        case .provider(.unavailable), .provider(.cancelled), .storageUnavailable, .busy, .secretMemoryFull,
            .secretReleaseBlocked, .shuttingDown:
            503
        case .unexpected: 500
        }
    }

    /// For people.
    public var message: String {
        switch self {
        case .agentNotFound: "There is no such agent."
        case .sessionNotFound: "There is no such session."
        case .tooManySessions: "This wallet has \(ConversationLimits.perWallet) sessions; delete one first."
        case .sessionFull: "This session is as long as it may get; start a new one."
        case .emptyMessage: "The message is empty."
        case .messageTooLong: "The message is longer than \(ConversationLimits.messageBytes) bytes."
        case .invalidOutputLimit: "The limit of output tokens must be above zero."
        case .invalidIdempotencyKey:
            "Idempotency-Key must be 1 to \(TurnKey.maximumLength) visible ASCII characters."
        case .unknownModel: "The model is not on the price list."
        case .unknownEngine: "The execution engine is not offered."
        case .missingSecrets(isLocked: false): "No Anthropic API key is stored. Store one with PUT /wallet/apikey."
        case .missingSecrets(isLocked: true):
            "The Anthropic API key is locked. Unlock the provider vault and try again."
        case .insufficientBalance(let available, let needed):
            "The balance of \(available.dollars) does not cover the \(needed.dollars) this may cost."
        case .turnInProgress: "The session is still answering another message."
        case .idempotencyConflict: "This Idempotency-Key was used for another request."
        case .idempotencyInProgress: "The request with this Idempotency-Key is still being answered."
        case .tooManyTurns:
            "\(TurnLimits.runningPerWallet) messages of this wallet are being answered; wait for one to end."
        case .busy: "The gateway answers as many messages as it can. Nothing was charged."
        case .secretReleaseBlocked:
            "This gateway cannot show at present that it is trustworthy, so it opens no keys. Nothing was charged."
        case .secretMemoryFull: "The gateway has no room for another key just now. Nothing was charged."
        case .shuttingDown: "The gateway is about to stop. Nothing was charged; send the message again."
        case .provider(.keyRejected): "The model provider rejected the API key."
        case .provider(.rateLimited): "The API key has used up its rate at the model provider."
        case .provider(.unavailable): "The model provider is not available. Nothing was charged."
        case .provider(.requestRefused): "The model provider refused the request. Nothing was charged."
        case .provider(.cancelled): "The client left."
        case .storageUnavailable: "The gateway's storage is not available. Nothing was charged."
        case .unexpected: "Something went wrong. Nothing was charged."
        }
    }

    /// Seconds after which a new attempt makes sense: for `Retry-After`.
    public var retryAfterSeconds: Int? {
        switch self {
        case .provider(.rateLimited(let seconds)): seconds
        case .storageUnavailable, .tooManyTurns: 5
        case .secretReleaseBlocked: 30
        case .busy, .secretMemoryFull, .shuttingDown: 1
        default: nil
        }
    }

    /// What a client needs to know beyond code and message, as members of the error's body.
    public var details: [JSON.Member] {
        switch self {
        case .missingSecrets(let isLocked):
            let secret: JSON = [
                "serverId": "anthropic", "serverName": "Anthropic", "secretKeys": ["ANTHROPIC_API_KEY"],
            ]
            let missing = JSON.Member("missingSecrets", [secret])
            return isLocked ? [missing, JSON.Member("needsUnlock", true)] : [missing]
        case .insufficientBalance(let available, let needed):
            return [
                JSON.Member("available", .string(available.baseUnits)),
                JSON.Member("required", .string(needed.baseUnits)),
            ]
        default:
            return []
        }
    }
}
