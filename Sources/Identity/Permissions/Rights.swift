/// What a credential may do. The whole rule of the gateway stands here and in `Permission.covers`:
///
/// - A wallet's own login may do everything, unless its token carries a list.
/// - A wallet token whose signed text names no limits may do everything but manage credentials. Its text has three
///   lines that other gateways of this interface know as well, so it must not be worth a login.
/// - Everything else (API keys, devices, tokens of other gateways and of workflows, limited wallet tokens) may do what
///   its list says. No list, and an empty one, are nothing.
public enum Rights: Hashable, Sendable {
    /// Everything there is.
    case everything
    /// Everything but what concerns credentials, see `Permission.isOfCredentials`.
    case everyday
    /// What one of these permissions covers.
    case only([Permission])

    /// Nothing at all.
    public static let none = Rights.only([])

    /// Whether `needed` is among these rights.
    public func allows(_ needed: Permission) -> Bool {
        switch self {
        case .everything: true
        case .everyday: !needed.isOfCredentials
        case .only(let granted): granted.contains { $0.covers(needed) }
        }
    }

    /// Whether each of these may be passed on: nobody can give what they do not have.
    public func cover(_ permissions: [Permission]) -> Bool {
        permissions.allSatisfy(allows)
    }
}
