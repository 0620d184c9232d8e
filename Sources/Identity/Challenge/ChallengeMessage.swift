public import Ethereum
public import Primitives

/// The text that a wallet signs to log in. It follows from its fields alone, to the byte, so nothing has to be kept
/// between challenge and verify. Lines end with LF, the last with nothing.
///
/// It names us and our origin, so that a signature given to one site is no login at another, and the set of keys that
/// may sign the session, so that a client that has checked our evidence can see that the login meets the same keys.
public struct ChallengeMessage: Hashable, Sendable {
    /// The public origin, `https://gateway.example`.
    public let origin: String
    /// The wallet, if the challenge was asked for by one.
    public let wallet: Address?
    /// The nonce as text.
    public let nonce: String
    /// When the challenge was issued.
    public let issuedAt: Timestamp
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp
    /// `SessionKeys.commitment`: 64 hex digits.
    public let keySetCommitment: String

    /// A message from its fields.
    public init(
        origin: String, wallet: Address?, nonce: String, issuedAt: Timestamp, expiresAt: Timestamp,
        keySetCommitment: String
    ) {
        self.origin = origin
        self.wallet = wallet
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.keySetCommitment = keySetCommitment
    }

    /// The exact text.
    public var text: String {
        var lines = ["Sealgate asks you to log in at \(origin)", ""]
        if let wallet { lines.append("Wallet: \(wallet.checksummed)") }
        lines += [
            "Nonce: \(nonce)",
            "Issued: \(issuedAt.iso8601)",
            "Expires: \(expiresAt.iso8601)",
            "Session keys: \(keySetCommitment)",
            "",
            "Signing this text only proves that you hold the wallet. It sends no transaction and moves no funds.",
            "Do not sign it for any other site than the one named above.",
        ]
        return lines.joined(separator: "\n")
    }
}
