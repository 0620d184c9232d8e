import Primitives

/// A saved provider key as its table holds it.
struct VaultRecord: Hashable, Sendable {
    let provider: ProviderSlug
    let envelope: [UInt8]
    /// `VaultText.version` of the text that was signed.
    let textVersion: Int64
    let epoch: VaultEpoch
}
