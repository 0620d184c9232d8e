import Cryptography

/// EIP-191 version 0x45, what wallets call `personal_sign`.
public enum PersonalMessage {
    private static let prefix = Array("\u{19}Ethereum Signed Message:\n".utf8)

    /// Keccak-256 of the prefix, the number of bytes (not characters) in decimal, and the message.
    public static func digest(of message: [UInt8]) -> [UInt8] {
        Keccak256.hash(prefix, Array(String(message.count).utf8), message)
    }

    /// The account that signed `message`; nil if none can have. The caller compares it with the one that was claimed.
    public static func signer(of message: [UInt8], signature: WalletSignature) -> Address? {
        signature.signer(ofDigest: digest(of: message))
    }
}
