public import Primitives

/// A repository whose workflows may act for a wallet.
public struct Repository: Hashable, Sendable {
    /// Longest name, `owner/name`: GitHub's own limits are 39 and 100.
    static let maximumNameBytes = 140
    /// Longest ref.
    static let maximumRefBytes = 200
    static let idPrefix = "rep_"

    /// Its name in routes.
    public let id: String
    /// For whom its workflows act.
    public let wallet: WalletID
    /// `owner/name`, in lower case as GitHub compares names.
    public let name: String
    /// GitHub's number of it, which survives renaming and is never given again; nil until the first exchange.
    public internal(set) var number: String?
    /// The only ref whose runs may act, `refs/heads/main`; nil for every one.
    public let ref: String?
    /// What they may do.
    public let permissions: [Permission]
    /// When it was registered.
    public let createdAt: Timestamp

    /// The name in lower case; nil unless it is `owner/name`.
    static func normalised(_ name: String) -> String? {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard name.utf8.count <= maximumNameBytes, parts.count == 2,
            parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy(isNameByte) })
        else { return nil }
        return name.lowercased()
    }

    static func isNumber(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func isRef(_ text: String) -> Bool {
        text.utf8.starts(with: "refs/".utf8) && text.utf8.count <= maximumRefBytes
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether a run of this ref may act. Byte for byte: other letters that Swift takes for the same name another ref.
    func allows(_ ref: String?) -> Bool {
        guard let own = self.ref else { return true }
        return ref?.hasSameBytes(as: own) ?? false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "._-".utf8.contains(byte)
    }

    var json: JSON {
        [
            "name": .string(name), "number": number.map { .string($0) } ?? .null,
            "ref": ref.map { .string($0) } ?? .null,
            "permissions": .array(permissions.map { .string($0.text) }),
            "createdAt": .integer(createdAt.unixMicroseconds),
        ]
    }

    init(
        id: String, wallet: WalletID, name: String, number: String?, ref: String?, permissions: [Permission],
        createdAt: Timestamp
    ) {
        self.id = id
        self.wallet = wallet
        self.name = name
        self.number = number
        self.ref = ref
        self.permissions = permissions
        self.createdAt = createdAt
    }

    /// Reads what `json` wrote.
    init?(id: String, wallet: WalletID, json: JSON) {
        guard let name = json["name"]?.string, let permissions = json["permissions"]?.array,
            let created = json["createdAt"]?.integer
        else { return nil }
        self.init(
            id: id, wallet: wallet, name: name, number: json["number"]?.string, ref: json["ref"]?.string,
            permissions: permissions.compactMap { $0.string.flatMap { Permission($0) } },
            createdAt: Timestamp(unixMicroseconds: created))
    }
}
