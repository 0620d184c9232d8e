import HTTPServer
import HTTPTypes
import Identity

/// What a client is told when an API key cannot be made or changed.
enum APIKeyRefusal {
    /// The kinds that these errors become, each once.
    static func kinds(of errors: [APIKeyError]) -> [APIError.Kind] {
        errors.map(kind)
    }

    static func translating<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as APIKeyError {
            throw APIError(kind(of: error), reason: String(describing: error))
        }
    }

    private static func kind(of error: APIKeyError) -> APIError.Kind {
        switch error {
        case .unknown:
            APIError.Kind(404, error.code, "This wallet has no such API key. /auth/api-keys lists them.")
        case .tooMany:
            APIError.Kind(409, error.code, "A wallet has at most \(APIKeys.maximumPerWallet) API keys. End one first.")
        case .notRotatable:
            APIError.Kind(
                409, error.code, "What this key is good for cannot be checked without it. Make a new key and end it.")
        case .permissionNotHeld:
            APIError.Kind(403, error.code, "This credential cannot give what it does not have. Log in to give more.")
        case .outlivesCaller:
            APIError.Kind(403, error.code, "This credential cannot make what outlives it. Log in to give longer life.")
        default: APIError.Kind(400, error.code, help(for: error))
        }
    }

    private static func help(for error: APIKeyError) -> String {
        switch error {
        case .malformedName: "name must have 1 to \(APIKeys.maximumNameLength) characters, none of them a control one."
        case .malformedPermissions: "permissions must be at most 16 of the form namespace:action."
        case .malformedServer: "serverId must be visible ASCII."
        case .malformedExpiry, .expired: "expiresAt must be an ISO 8601 time with a zone, and lie ahead."
        case .lifetimeTooLong: "expiresAt may lie at most a year ahead."
        case .overlapOutOfRange:
            "overlapSeconds must be 0, or \(APIKeys.minimumOverlapSeconds) to \(APIKeys.maximumOverlapSeconds)."
        default: "The API key cannot be made so."
        }
    }
}
