/// Which key signed a report (SIGNING_KEY, bits 4:2 of the word at 0x48).
public enum SigningKey: UInt8, Hashable, Sendable {
    /// The chip's own key, derived from its secret and the reported TCB.
    case vcek = 0
    /// A key that AMD gave the cloud for all its chips at one TCB.
    case vlek = 1
    /// No key: the signature is zero.
    case unsigned = 7

    /// As AMD writes it.
    public var name: String {
        switch self {
        case .vcek: "VCEK"
        case .vlek: "VLEK"
        case .unsigned: "none"
        }
    }
}
