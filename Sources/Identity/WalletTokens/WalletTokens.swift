import Cryptography
import Ethereum
public import Primitives

/// Wallet tokens (`mcpwt_`): a text that a wallet signed once, carried with every request. Nothing is stored; only what
/// the signature covers is believed. The members beside it are copies for clients that like to look.
public struct WalletTokens: Sendable {
    /// Stands before every wallet token.
    public static let prefix = "mcpwt_"
    /// The longest life of a token from when it is made or shown: a year. There is no list of them to clean up, so one
    /// that leaks must end by itself.
    public static let maximumLifetimeSeconds: Int64 = 365 * 24 * 60 * 60
    /// The longest token that is looked at: the longest text, its copies, and base64.
    public static let maximumBytes = 6_144
    private static let version: Int64 = 1

    private let issuer: String

    /// Tokens made by the gateway at `origin`.
    public init(origin: String) {
        issuer = origin
    }

    /// Whether a bearer token is of this kind.
    public static func isWalletToken(_ token: String) -> Bool {
        token.utf8.starts(with: prefix.utf8)
    }

    /// The token that carries `signature` (65 bytes of hex, low s) over `message`.
    public func create(
        _ message: WalletTokenMessage, signature: String, at now: Timestamp
    ) throws(WalletTokenError) -> String {
        try WalletTokens.check(message, signature, at: now)
        var payload: [JSON.Member] = [
            JSON.Member("v", .integer(WalletTokens.version)),
            JSON.Member("wallet", .string(message.wallet.checksummed)),
            JSON.Member("exp", .integer(message.expiresAt.unixSeconds)),
            JSON.Member("msg", .string(message.text)),
            JSON.Member("sig", .string(signature)),
            JSON.Member("sub", .string(message.wallet.lowercase)),
            JSON.Member("iss", .string(issuer)),
            JSON.Member("iat", .integer(now.unixSeconds)),
        ]
        if let permissions = message.permissions {
            payload.append(JSON.Member("permissions", .array(permissions.map { .string($0.text) })))
        }
        if let server = message.server { payload.append(JSON.Member("server_id", .string(server))) }
        return WalletTokens.prefix + Base64.encodeURL(JSON.object(payload).bytes)
    }

    /// What the token's signature covers. Cost: one recovery.
    func verify(_ token: String, at now: Timestamp) throws(WalletTokenError) -> VerifiedWalletToken {
        guard token.utf8.count <= WalletTokens.maximumBytes, WalletTokens.isWalletToken(token),
            let bytes = Base64.decodeURL(token.dropFirst(WalletTokens.prefix.count)),
            let payload = try? JSON(parsing: bytes), payload["v"]?.integer == WalletTokens.version,
            let wallet = payload["wallet"]?.string.flatMap({ Address($0) }), let expiry = payload["exp"]?.integer,
            let text = payload["msg"]?.string, let signature = payload["sig"]?.string
        else { throw .malformed }
        let message = try WalletTokenMessage(parsing: text)
        guard message.wallet == wallet, message.expiresAt.unixSeconds == expiry else { throw .textMismatch }
        try WalletTokens.check(message, signature, at: now)
        return VerifiedWalletToken(message: message)
    }

    /// Time, then signature.
    private static func check(
        _ message: WalletTokenMessage, _ signature: String, at now: Timestamp
    ) throws(WalletTokenError) {
        guard now < message.expiresAt else { throw .expired }
        guard message.expiresAt <= now.adding(seconds: maximumLifetimeSeconds) else { throw .lifetimeTooLong }
        guard let signature = try? WalletSignature(login: signature),
            let signer = PersonalMessage.signer(of: Array(message.text.utf8), signature: signature)
        else { throw .signatureInvalid }
        guard signer == message.wallet else { throw .addressMismatch }
    }
}
