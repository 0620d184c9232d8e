public import Ethereum
public import Primitives

/// The text that a wallet signs once and carries in each of its tokens. Lines end with LF, the last with nothing:
///
/// ```
/// MCP Gateway Auth
/// Wallet: <EIP-55 address>
/// Expires: <as the client sent it>
/// Permissions: <a:b,c:d, or none>      only if the token is limited
/// Server: <id>                         only if the token is limited to one tool server
/// ```
///
/// The first three lines are what existing clients and verifiers know; the last two are ours. The text names no origin,
/// so a token for another gateway of this interface is a token here as well.
public struct WalletTokenMessage: Hashable, Sendable {
    /// The title that we write.
    static let title = "MCP Gateway Auth"
    /// The titles that we accept; the second is written by another gateway.
    static let titles = [title, "MCP Platform Auth"]
    /// The longest expiry: RFC 3339 with nine digits of fraction and an offset is 35 bytes.
    static let maximumExpiresBytes = 40
    /// The longest server id.
    public static let maximumServerBytes = 128
    private static let noPermissions = "none"

    let title: String
    /// The wallet that signs.
    public let wallet: Address
    /// The expiry exactly as the client wrote it.
    public let expires: String
    /// The expiry, rounded down to the second, as tokens count.
    public let expiresAt: Timestamp
    /// What the token may do; an empty list is nothing, nil everything but managing credentials.
    public let permissions: [Permission]?
    /// The only tool server it is good for; nil is every one.
    public let server: String?

    /// A message from what a client sends.
    public init(
        wallet: String, expires: String, permissions: [String]? = nil, server: String? = nil
    ) throws(WalletTokenError) {
        guard let wallet = Address(wallet) else { throw .malformedAddress }
        try self.init(
            title: WalletTokenMessage.title, wallet: wallet, expires: expires, permissions: permissions,
            server: server)
    }

    /// Reads a signed text. Only a text that its own fields give again, byte for byte, is one.
    init(parsing text: String) throws(WalletTokenError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(),
            let title = WalletTokenMessage.titles.first(where: { $0.utf8.elementsEqual(first.utf8) }),
            let wallet = lines.take("Wallet: "), let expires = lines.take("Expires: ")
        else { throw .malformed }
        guard let address = Address(wallet) else { throw .malformedAddress }
        let permissions = lines.take("Permissions: ").map(WalletTokenMessage.list)
        let server = lines.take("Server: ")
        guard lines.isEmpty else { throw .malformed }
        try self.init(title: title, wallet: address, expires: expires, permissions: permissions, server: server)
        // Bytes, not characters: `==` on strings takes canonically equivalent texts for the same.
        guard self.text.utf8.elementsEqual(text.utf8) else { throw .textMismatch }
    }

    private init(
        title: String, wallet: Address, expires: String, permissions: [String]?, server: String?
    ) throws(WalletTokenError) {
        guard expires.utf8.count <= WalletTokenMessage.maximumExpiresBytes, let moment = Timestamp(iso8601: expires)
        else { throw .malformedExpiry }
        if let server, !WalletTokenMessage.isServer(server) { throw .malformedServer }
        self.title = title
        self.wallet = wallet
        self.expires = expires
        expiresAt = Timestamp(unixSeconds: moment.unixSeconds)
        self.permissions = try WalletTokenMessage.read(permissions)
        self.server = server
    }

    /// The exact text.
    public var text: String {
        var lines = [title, "Wallet: \(wallet.checksummed)", "Expires: \(expires)"]
        if let permissions {
            let list = permissions.map(\.text).joined(separator: ",")
            lines.append("Permissions: \(list.isEmpty ? WalletTokenMessage.noPermissions : list)")
        }
        if let server { lines.append("Server: \(server)") }
        return lines.joined(separator: "\n")
    }

    private static func read(_ texts: [String]?) throws(WalletTokenError) -> [Permission]? {
        guard let texts else { return nil }
        guard let permissions = Permission.list(texts) else { throw .malformedPermissions }
        return permissions
    }

    private static func list(_ line: String) -> [String] {
        line == noPermissions ? [] : line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether a text can name a tool server: visible ASCII.
    static func isServer(_ text: String) -> Bool {
        (1...maximumServerBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension ArraySlice where Element == Substring {
    /// Removes the first line if it begins with `label` and returns what follows the label.
    fileprivate mutating func take(_ label: String) -> String? {
        guard let line = first, line.hasPrefix(label) else { return nil }
        removeFirst()
        return String(line.dropFirst(label.count))
    }
}
