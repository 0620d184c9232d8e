public import Primitives

/// Who manages a wallet's credentials, as authentication found them. What they pass on is bounded by what they have.
public struct CredentialOwner: Sendable {
    /// The wallet's number.
    public let wallet: WalletID
    /// The credential that was shown.
    public let sessionID: String
    /// When that ends.
    public let expiresAt: Timestamp
    /// Whether it may do something.
    public let allows: @Sendable (Permission) -> Bool

    /// An owner from its parts.
    public init(
        wallet: WalletID, sessionID: String, expiresAt: Timestamp, allows: @escaping @Sendable (Permission) -> Bool
    ) {
        self.wallet = wallet
        self.sessionID = sessionID
        self.expiresAt = expiresAt
        self.allows = allows
    }

    /// Whether it is a login by the wallet's own signature.
    public var isLogin: Bool { CredentialKind(id: sessionID) == .login }

    /// Whether it may make what lives longer than itself: a login in which no contract had a say. What a contract said
    /// may not hold in a later block, so nothing that comes of it outlives the session.
    var isLasting: Bool { isLogin && !Sessions.isRevocable(sessionID) }

    /// Whether each of these may be passed on.
    func holds(_ permissions: [Permission]) -> Bool {
        permissions.allSatisfy(allows)
    }
}
