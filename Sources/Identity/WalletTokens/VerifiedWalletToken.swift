import Cryptography
import Primitives

/// What the signature of a wallet token covers, and nothing else of it.
struct VerifiedWalletToken: Hashable, Sendable {
    static let idPrefix = CredentialKind.walletToken.rawValue
    private static let domain = Array("sealgate/wallet-token/v1".utf8)
    /// 160 bits: nobody finds a second text with the same id.
    private static let idBytes = 20

    let message: WalletTokenMessage

    /// Follows from the signed text, not from the token: one text can be carried by tokens that differ in spacing or in
    /// how `v` is written, and a logout has to end them all.
    var sessionID: String {
        let digest = SHA256.hash(VerifiedWalletToken.domain, Array(message.text.utf8))
        return VerifiedWalletToken.idPrefix + Hex.encode(digest.prefix(VerifiedWalletToken.idBytes))
    }

    func principal(_ wallet: WalletID) -> Principal {
        Principal(
            walletID: wallet, address: message.wallet, sessionID: sessionID, expiresAt: message.expiresAt,
            rights: message.permissions.map { .only($0) } ?? .everyday, server: message.server)
    }
}
