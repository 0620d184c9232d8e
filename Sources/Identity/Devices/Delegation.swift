public import Ethereum
public import Primitives

/// A device that acts for a wallet: its owner's standing approval, until a day that the owner chose.
public struct Delegation: Hashable, Sendable {
    /// How long a device acts unless the owner says otherwise: 14 days.
    public static let defaultLifetimeSeconds: Int64 = 14 * 24 * 60 * 60
    /// The longest that an owner can say: 30 days.
    public static let maximumLifetimeSeconds: Int64 = 30 * 24 * 60 * 60
    /// The shortest: a minute.
    public static let minimumLifetimeSeconds: Int64 = 60
    static let idPrefix = "dev_"

    /// Its name in routes.
    public let id: String
    /// For whom it acts.
    public let wallet: WalletID
    /// What the device said of itself.
    public let description: DeviceDescription
    /// What the device calls itself; for one that signs as a wallet, that wallet.
    public let address: Address
    /// By what it proves itself.
    let key: DeviceKey
    /// What it may do.
    public let scopes: [Permission]
    /// When the owner approved it.
    public let createdAt: Timestamp
    /// The first moment at which it gets no further session.
    public let expiresAt: Timestamp

    /// Everything but what stands in columns.
    var json: JSON {
        [
            "description": description.json, "address": .string(address.lowercase), "key": key.json,
            "scopes": .array(scopes.map { .string($0.text) }), "createdAt": .integer(createdAt.unixMicroseconds),
            "expiresAt": .integer(expiresAt.unixMicroseconds),
        ]
    }

    init(
        id: String, wallet: WalletID, description: DeviceDescription, device: Pairing.Device, scopes: [Permission],
        createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.wallet = wallet
        self.description = description
        address = device.address
        key = device.key
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Reads what `json` wrote.
    init?(id: String, wallet: WalletID, json: JSON) {
        guard let description = DeviceDescription(json: json["description"]),
            let address = json["address"]?.string.flatMap({ Address($0) }), let key = DeviceKey(json: json["key"]),
            let scopes = json["scopes"]?.array, let created = json["createdAt"]?.integer,
            let expiry = json["expiresAt"]?.integer
        else { return nil }
        self.init(
            id: id, wallet: wallet, description: description, device: .init(address: address, key: key),
            scopes: scopes.compactMap { $0.string.flatMap { Permission($0) } },
            createdAt: Timestamp(unixMicroseconds: created), expiresAt: Timestamp(unixMicroseconds: expiry))
    }
}
