/// Why a provider key cannot be used now.
public enum ProviderKeyError: Error, Hashable, CaseIterable, Sendable {
    /// The wallet has saved none.
    case missing
    /// It is saved, but not open for this grant: the wallet has to unlock.
    case locked
    /// The vault is open, but the record does not open with its key: it was altered or moved.
    case damaged

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .missing: "provider_key_missing"
        case .locked: "provider_key_locked"
        case .damaged: "provider_key_damaged"
        }
    }
}
