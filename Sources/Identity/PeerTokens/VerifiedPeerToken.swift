import Cryptography
import Ethereum
import Primitives

/// What a trusted peer's token says, once everything about it was checked.
struct VerifiedPeerToken: Hashable, Sendable {
    private static let idPrefix = CredentialKind.peerToken.rawValue
    private static let domain = Array("sealgate/peer-token/v1".utf8)
    /// 160 bits: nobody finds a second token with the same id.
    private static let idBytes = 20

    let issuer: String
    let id: String
    let address: Address
    let expiresAt: Timestamp

    /// Follows from issuer and `jti`: a logout ends the token whichever way its signature is spelt. The length between
    /// the two keeps one pair from looking like another.
    var sessionID: String {
        let digest = SHA256.hash(VerifiedPeerToken.domain + Array("\(issuer.utf8.count):\(issuer)\(id)".utf8))
        return VerifiedPeerToken.idPrefix + Hex.encode(digest.prefix(VerifiedPeerToken.idBytes))
    }

    func principal(_ wallet: WalletID) -> Principal {
        Principal(
            walletID: wallet, address: address, sessionID: sessionID, expiresAt: expiresAt,
            rights: .only(PeerTokens.permissions))
    }
}
