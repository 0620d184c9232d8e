import Ethereum
import Primitives

/// A pairing under way, as a value: what the device said, what it proved, what the owner granted. It goes
/// pending -> verified -> approved and never back; its time ends it in every state.
struct Pairing: Hashable, Sendable {
    /// From the device's first call to its token: long enough to find a phone, short enough that a code that was read
    /// over a shoulder is soon worthless.
    static let lifetimeSeconds: Int64 = 600

    /// The device and how it proves itself.
    struct Device: Hashable, Sendable {
        let address: Address
        let key: DeviceKey
    }

    /// What the owner granted.
    struct Approval: Hashable, Sendable {
        let delegation: String
        let session: String
    }

    enum State: Hashable, Sendable {
        case pending
        case verified(Device)
        case approved(Device, Approval)
    }

    let description: DeviceDescription
    /// What the device asked for; nil if it named nothing.
    let wanted: [Permission]?
    /// 16 random bytes in hex, in the text that the device signs.
    let nonce: String
    let expiresAt: Timestamp
    private(set) var state = State.pending

    init(_ description: DeviceDescription, wanted: [Permission]?, nonce: String, expiresAt: Timestamp) {
        self.description = description
        self.wanted = wanted
        self.nonce = nonce
        self.expiresAt = expiresAt
    }

    /// The text that the device signs. It names the gateway, so the signature is good nowhere else.
    func message(origin: String) -> String {
        [
            "Sealgate pairs this device at \(origin)", "", "Nonce: \(nonce)", "Expires: \(expiresAt.iso8601)", "",
            "Signing this text only proves which device asks. An owner has to approve it.",
        ].joined(separator: "\n")
    }

    /// Takes the device's proof. The same device may show it again, another may not take over.
    mutating func verify(_ device: Device, signature: String, origin: String) throws(DeviceError) {
        guard device.key.isValid(signature, over: message(origin: origin), of: device.address) else {
            throw .signatureInvalid
        }
        switch state {
        case .pending: state = .verified(device)
        case .verified(device): break
        case .verified, .approved: throw .alreadySettled
        }
    }

    /// What the owner grants: `scopes`, or what the device asked for if they name none. No more than was asked for, and
    /// no more than the owner has.
    func granted(_ scopes: [Permission]?, allows: (Permission) -> Bool) throws(DeviceError) -> [Permission] {
        guard let granted = scopes ?? wanted, !granted.isEmpty else { throw .scopesMissing }
        guard granted.allSatisfy(allows), wanted.map({ Rights.only($0).cover(granted) }) ?? true else {
            throw .scopesTooWide
        }
        return granted
    }

    /// The device that waits for approval.
    func awaiting() throws(DeviceError) -> Device {
        switch state {
        case .pending: throw .notVerified
        case .verified(let device): return device
        case .approved: throw .alreadySettled
        }
    }

    /// Takes the owner's approval.
    mutating func approve(_ approval: Approval) throws(DeviceError) {
        state = .approved(try awaiting(), approval)
    }

    var json: JSON {
        var members: [JSON.Member] = [
            .init("description", description.json),
            .init("wanted", wanted.map { .array($0.map { .string($0.text) }) } ?? .null),
            .init("nonce", .string(nonce)), .init("expiresAt", .integer(expiresAt.unixMicroseconds)),
        ]
        switch state {
        case .pending: break
        case .verified(let device): members += Pairing.members(of: device)
        case .approved(let device, let approval):
            members += Pairing.members(of: device)
            members += [
                .init("delegation", .string(approval.delegation)), .init("session", .string(approval.session)),
            ]
        }
        return .object(members)
    }

    /// Reads what `json` wrote.
    init?(json: JSON) {
        guard let description = DeviceDescription(json: json["description"]), let nonce = json["nonce"]?.string,
            let expiry = json["expiresAt"]?.integer
        else { return nil }
        self.init(
            description, wanted: json["wanted"]?.array?.compactMap { $0.string.flatMap { Permission($0) } },
            nonce: nonce, expiresAt: Timestamp(unixMicroseconds: expiry))
        guard let text = json["address"]?.string else { return }
        guard let address = Address(text), let key = DeviceKey(json: json["key"]) else { return nil }
        let device = Device(address: address, key: key)
        state = .verified(device)
        guard let delegation = json["delegation"]?.string, let session = json["session"]?.string else { return }
        state = .approved(device, Approval(delegation: delegation, session: session))
    }

    private static func members(of device: Device) -> [JSON.Member] {
        [.init("address", .string(device.address.lowercase)), .init("key", device.key.json)]
    }
}
