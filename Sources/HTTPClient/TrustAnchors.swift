/// Whom a client trusts to vouch for servers. There is no way to trust everyone.
public enum TrustAnchors: Hashable, Sendable {
    /// The system's anchors (/etc/ssl/certs).
    case system
    /// The system's anchors and those in the given PEM text: for a private authority beside the public ones.
    case systemAdding(pem: [UInt8])
    /// Only those in the given PEM text.
    case only(pem: [UInt8])

    /// The anchors beside the system's.
    var pem: [UInt8]? {
        switch self {
        case .system: nil
        case .systemAdding(let pem), .only(let pem): pem
        }
    }

    /// Whether the system's anchors count.
    var includesSystem: Bool {
        if case .only = self { false } else { true }
    }
}
