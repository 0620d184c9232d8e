import Primitives

/// One open vault: whose it is, and its wrapped key.
struct OpenVault: Sendable {
    let wallet: WalletID
    let index: VaultIndex
    let epoch: VaultEpoch
    let nonce: [UInt8]
    let wrapped: [UInt8]
    let expiresAt: Timestamp
}
