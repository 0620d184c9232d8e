public import Ethereum
public import Primitives

/// Who is calling, as their token proved it.
public struct Principal: Hashable, Sendable {
    /// The wallet's number: what every other module knows it by.
    public let walletID: WalletID
    /// The wallet's address.
    public let address: Address
    /// The login session, or for a wallet token an id that follows from its signed text: the grant that opened provider
    /// keys hang on, and what a logout revokes.
    public let sessionID: String
    /// The first moment at which the token is refused.
    public let expiresAt: Timestamp
    /// What the token may do.
    public let rights: Rights
    /// The only tool server that the token is good for, if its signed text names one.
    public let server: String?
    /// The thumbprint of the key that the token is bound to (RFC 9449 section 6): without that key's proof it is worth
    /// nothing. Nil for a bearer token.
    public internal(set) var proofKey: String?

    /// A principal from its parts. Without rights it may do nothing: enough to ask about its session, or to end it.
    public init(
        walletID: WalletID, address: Address, sessionID: String, expiresAt: Timestamp, rights: Rights = .none,
        server: String? = nil
    ) {
        self.walletID = walletID
        self.address = address
        self.sessionID = sessionID
        self.expiresAt = expiresAt
        self.rights = rights
        self.server = server
    }

    /// What kind of credential it came with; nil for one that has no name here.
    public var kind: CredentialKind? { CredentialKind(id: sessionID) }

    /// Whether it came from a login here, not with a token that was made elsewhere.
    public var isLogin: Bool { kind == .login }

    /// Whether a contract proved the login. On another chain, and to another gateway, its address may be somebody
    /// else's.
    public var isContract: Bool { sessionID.hasPrefix(Sessions.contractIDPrefix) }

    /// Whether it came with a wallet token, not from a login.
    var isWalletToken: Bool { kind == .walletToken }

    /// Whether the principal may do `needed`. A token that is limited to one tool server may do nothing elsewhere:
    /// `server` is the one the call is about, nil if it is about none.
    public func may(_ needed: Permission, server: String? = nil) -> Bool {
        (self.server.map { server?.hasSameBytes(as: $0) ?? false } ?? true) && rights.allows(needed)
    }
}
