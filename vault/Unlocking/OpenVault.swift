import Primitives

/// One open vault of one grant: whose it is, what of it is open, and its wrapped key.
struct OpenVault: Sendable {
    let wallet: WalletID
    let index: VaultIndex
    var purpose = VaultPurpose.providers
    var kind: VaultTextKind? = .personal
    let epoch: VaultEpoch
    let nonce: [UInt8]
    let wrapped: [UInt8]
    var scopes: Set<SecretScope> = []
    let expiresAt: Timestamp
}
