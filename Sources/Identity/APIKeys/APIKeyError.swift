/// Why an API key was not made or changed.
public enum APIKeyError: Error, Hashable, CaseIterable, Sendable {
    /// The wallet has no such key.
    case unknown
    /// The wallet has as many keys as it may have.
    case tooMany
    /// The name is empty, too long, or has control characters.
    case malformedName
    /// A permission is not `namespace:action`, or there are too many.
    case malformedPermissions
    /// The server id has characters that it must not have, or too many.
    case malformedServer
    /// The expiry is no ISO 8601 moment.
    case malformedExpiry
    /// The expiry has passed.
    case expired
    /// The expiry lies further ahead than a key may live.
    case lifetimeTooLong
    /// What the key is good for was altered, or stands there from before that could be told without its secret: another
    /// secret would bless it.
    case notRotatable
    /// The overlap of a rotation is out of range.
    case overlapOutOfRange
    /// The caller does not have each of these permissions, so it cannot pass them on.
    case permissionNotHeld
    /// The key would outlive the credential that makes it.
    case outlivesCaller

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .unknown: "unknown_api_key"
        case .tooMany: "too_many_api_keys"
        case .malformedName: "malformed_name"
        case .malformedPermissions: "malformed_permissions"
        case .malformedServer: "malformed_server"
        case .malformedExpiry, .expired: "malformed_expiry"
        case .lifetimeTooLong: "lifetime_too_long"
        case .overlapOutOfRange: "malformed_overlap"
        case .notRotatable: "api_key_not_rotatable"
        case .permissionNotHeld: "permission_not_held"
        case .outlivesCaller: "outlives_credential"
        }
    }
}
