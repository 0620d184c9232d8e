/// An address as table `wallets` holds it: an index to find it by and a sealed copy. Made before a transaction, so that
/// its body stays repeatable.
public struct WalletEntry: Hashable, Sendable {
    /// HMAC of the address: addresses can be enumerated, so a plain hash would hide nothing.
    let index: [UInt8]
    /// Version byte, nonce, ciphertext and tag.
    let sealedAddress: [UInt8]
}
