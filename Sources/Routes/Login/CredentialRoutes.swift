import HTTPTypes
import Primitives
public import HTTPServer
public import Identity

/// What a wallet's owner does with the wallet's credentials: sessions and API keys. A login may do all of it; any other
/// credential needs the permission by name, `sessions:read` for instance, and passes on no more than it has.
public struct CredentialRoutes: Sendable {
    static let area = "Credentials"

    let credentials: Credentials

    /// The routes over the acts.
    public init(credentials: Credentials) {
        self.credentials = credentials
    }

    /// Every route.
    public var endpoints: [Endpoint] {
        // Ending a credential does not share a quota with making them: whoever has stolen one could use it up.
        [listSessions, revokeSession, revokeSessions, listKeys, revokeKey]
            + [createKey, rotateKey].map { $0.rated(.credentials) }
    }

    /// `{"success": true}`.
    static let success = Endpoint.Answer.json(200, .object([.required("success", .boolean)], isOpen: false))

    static let permissionList = Schema.list(
        .text(upTo: Permission.maximumBytes), maximum: Permission.maximumCount)
}

extension Call {
    /// The caller as one who manages credentials.
    func credentialOwner() throws -> CredentialOwner {
        let caller = try caller()
        return CredentialOwner(
            wallet: caller.walletID, sessionID: caller.sessionID, expiresAt: caller.expiresAt,
            allows: { caller.allows($0.text) })
    }

    /// The texts of a list that its schema has checked; nil if it was left out or is null.
    func texts(_ name: String) -> [String]? {
        body[name]?.array?.compactMap(\.string)
    }
}

extension JSON {
    /// A moment as clients read it, or null.
    init(moment: Timestamp?) {
        self = moment.map { .string($0.iso8601) } ?? .null
    }

    /// Permissions as texts.
    init(permissions: [Permission]) {
        self = .array(permissions.map { .string($0.text) })
    }
}
