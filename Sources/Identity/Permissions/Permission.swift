/// One right, `namespace:action`, as tokens carry it and endpoints ask for it. Either part may be `*` in a right that
/// is granted.
public struct Permission: Hashable, Sendable {
    /// Longest text of one permission: what clients use is below 40 bytes, and the list stands in every signed text.
    public static let maximumBytes = 64
    private static let any = "*"

    /// The area, `wallet` in `wallet:read`.
    public let namespace: String
    /// What may be done there, `read` in `wallet:read`.
    public let action: String

    /// Reads `namespace:action`. Each part is `*` or one or more of `A-Z a-z 0-9 . _ -`. Nil for anything else: what
    /// cannot be read grants nothing.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= Permission.maximumBytes, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            return nil
        }
        let (before, after) = (text[..<colon], text[bytes.index(after: colon)...])
        guard Permission.isPart(before), Permission.isPart(after) else { return nil }
        namespace = String(before)
        action = String(after)
    }

    /// The right as text, `wallet:read`.
    public var text: String { "\(namespace):\(action)" }

    /// Whether it is about the wallet's credentials: sessions, API keys, devices, workflows, tokens for other gateways.
    /// Whoever has such a right can make itself others or lock out the owner, so it is never granted by the way: a `*`
    /// for the namespace does not reach it.
    public var isOfCredentials: Bool { Permission.credentialNamespaces.contains(namespace) }

    private static let credentialNamespaces: Set<String> = ["sessions", "apikeys", "devices", "github", "peers"]

    /// Whether this grant covers `needed`. A `*` in `needed` asks for all, so only a `*` here covers it.
    func covers(_ needed: Permission) -> Bool {
        (namespace == needed.namespace || (namespace == Permission.any && !needed.isOfCredentials))
            && (action == Permission.any || action == needed.action)
    }

    private static func isPart(_ part: Substring) -> Bool {
        if part == any { return true }
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return !part.isEmpty
    }
}

extension Permission {
    /// Permissions a credential may list: the list travels in a header with every request.
    public static let maximumCount = 16

    /// Reads a list; nil if one of the texts is no permission or there are too many of them.
    public static func list(_ texts: [String]) -> [Permission]? {
        let permissions = texts.compactMap { Permission($0) }
        return texts.count <= maximumCount && permissions.count == texts.count ? permissions : nil
    }
}
