public import Primitives

/// What a wallet is asked to sign, in two forms of which it signs one.
public struct SigningRequest: Hashable, Sendable {
    /// The plain text, for `personal_sign`.
    public let message: String
    /// The document for `eth_signTypedData_v4`.
    public let typedData: JSON
    /// The generation that it is about.
    public let epoch: VaultEpoch
}
