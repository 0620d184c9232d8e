/// The kinds of credential. The raw value stands before the ids under which they are revoked, so an id tells its kind.
public enum CredentialKind: String, CaseIterable, Sendable {
    /// A login by a wallet's signature over a challenge.
    case login = "lgn_"
    /// A session of a paired device.
    case device = "dvs_"
    /// A session of a workflow that was exchanged for its OIDC token.
    case workflow = "ghs_"
    /// An API key.
    case apiKey = "sgk_"
    /// A wallet token.
    case walletToken = "wtk_"
    /// A token of another gateway.
    case peerToken = "ptk_"

    /// The kind of the credential that is revoked by `id`.
    public init?(id: String) {
        guard let kind = CredentialKind.allCases.first(where: { id.utf8.starts(with: $0.rawValue.utf8) }) else {
            return nil
        }
        self = kind
    }

    /// Whether there is a row of it while it is good, so that its owner can see it. Tokens that were made elsewhere
    /// have none.
    var isListed: Bool {
        switch self {
        case .login, .device, .workflow, .apiKey: true
        case .walletToken, .peerToken: false
        }
    }

    /// What lists call it.
    public var name: String {
        switch self {
        case .login: "login"
        case .device: "device"
        case .workflow: "github"
        case .apiKey: "apiKey"
        case .walletToken: "walletToken"
        case .peerToken: "peer"
        }
    }
}
