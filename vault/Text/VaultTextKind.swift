/// How a wallet signed for its vault. Both ways give different signatures, hence different keys: a vault opens by the
/// one that it was sealed under. The raw value stands in the tables and in answers.
public enum VaultTextKind: String, CaseIterable, Sendable {
    /// The plain text, by `personal_sign` (EIP-191 version 0x45).
    case personal = "personal_sign"
    /// The typed data, by `eth_signTypedData_v4` (EIP-712).
    case typed = "eip712"

    /// The byte in derivations.
    var code: UInt8 {
        switch self {
        case .personal: 1
        case .typed: 2
        }
    }
}
