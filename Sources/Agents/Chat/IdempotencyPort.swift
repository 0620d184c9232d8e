public import Database
public import Primitives

/// What a turn needs of the gateway's memory of repeated requests. Every function works in the caller's transaction.
public protocol IdempotencyPort: Sendable {
    /// Takes the key for this request, or tells what became of the request that took it before.
    func claim(_ key: TurnKey, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnKeyClaim

    /// Stores the outcome under a key that was taken. It holds ids, codes and figures, never what was said.
    func complete(_ key: TurnKey, outcome: [UInt8], in tx: borrowing WriteTransaction, at now: Timestamp) throws

    /// Gives a key that was taken back: the request came to nothing, and may be sent again.
    func abandon(_ key: TurnKey, in tx: borrowing WriteTransaction) throws
}

/// The key of a request that must not be carried out twice.
public struct TurnKey: Hashable, Sendable {
    /// The longest key: longer than any UUID or hash in hex.
    public static let maximumLength = 255

    /// Whose key it is.
    public let wallet: WalletID
    /// The client's key.
    public let text: String
    /// 32 bytes, a code over what is asked for: the same key with another code is a conflict.
    public let fingerprint: [UInt8]

    /// A key.
    public init(wallet: WalletID, text: String, fingerprint: [UInt8]) {
        self.wallet = wallet
        self.text = text
        self.fingerprint = fingerprint
    }

    /// Whether a client's key can be taken.
    public static func isValid(_ text: String) -> Bool {
        (1...maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// What became of a key that was claimed.
public enum TurnKeyClaim: Hashable, Sendable {
    /// It is taken by this request now.
    case fresh
    /// The same request was carried out; this is its outcome.
    case completed(outcome: [UInt8])
    /// The same request is being carried out.
    case inProgress
    /// Another request took the key.
    case conflict
}
