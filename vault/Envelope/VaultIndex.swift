public import Cryptography
public import Ethereum

/// What stands for a wallet inside derivations and envelopes: an HMAC of its address, because addresses can be
/// enumerated and a plain hash of one hides nothing.
public struct VaultIndex: Hashable, Sendable {
    private static let domain = Array("sealgate/vault-index/v1".utf8)

    /// 32 bytes.
    let bytes: [UInt8]

    /// The index of `wallet` under the gateway's vault index key.
    public init(of wallet: Address, key: Secret) {
        bytes = HMACSHA256.code(over: VaultIndex.domain, wallet.bytes, key: key)
    }
}
