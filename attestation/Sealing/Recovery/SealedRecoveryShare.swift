public import Cryptography
public import Primitives

/// A share on its way to its custodian: sealed by HPKE to an offline recovery key, with the set beside it. It can be
/// stored and sent anywhere. Gateway, set, index, k and n are part of the seal: a share moved to another place or
/// presented under another name does not open.
public struct SealedRecoveryShare: Hashable, Sendable {
    /// What is public about the split.
    public let set: RecoverySet
    /// From 1 to the set's count.
    public let index: Int
    /// Thumbprint of the recovery key that it is sealed to: tells the custodian which key to bring.
    public let recipient: String
    /// The sealed value.
    public let message: HPKEMessage

    private static let purpose = Array("sealgate/recovery-share/v1".utf8)

    /// Seals a share. Throws `otherSet` if it is not of `set`, and `badParameters` for a recipient's key that everybody
    /// can open (a point of small order).
    public init(
        sealing share: RecoveryShare, of set: RecoverySet, to recipient: X25519PublicKey
    ) throws(RecoveryFault) {
        guard set.contains(share) else { throw .otherSet(index: share.index) }
        do throws(HPKEError) {
            message = try HPKE.seal(
                share.value, to: recipient, info: Self.purpose,
                associated: Self.associated(set: set, index: share.index))
        } catch {
            guard error != .smallOrderKey else { throw .badParameters }
            throw RecoveryFault(error, index: share.index)
        }
        self.set = set
        self.index = share.index
        self.recipient = recipient.thumbprint
    }

    /// The share, which is then compared with the set's commitment. Throws `notOpened`, and `altered` if whoever sealed
    /// it put something else inside.
    public func opened(with key: X25519PrivateKey) throws(RecoveryFault) -> RecoveryShare {
        let value: Secret
        do throws(HPKEError) {
            value = try HPKE.openSecret(
                message, with: key, info: Self.purpose, associated: Self.associated(set: set, index: index))
        } catch {
            throw RecoveryFault(error, index: index)
        }
        guard value.count == RecoverySet.rootBytes else { throw .altered(index: index) }
        let share = RecoveryShare(
            setID: set.id, index: index, threshold: set.threshold, count: set.count, value: value)
        guard set.isGenuine(share) else { throw .altered(index: index) }
        return share
    }

    /// The sealed share as a document.
    public var json: JSON {
        [
            "version": 1, "set": set.json, "index": .integer(Int64(index)), "recipient": .string(recipient),
            "encapsulated": .string(Base64.encodeURL(message.encapsulated)),
            "ciphertext": .string(Base64.encodeURL(message.ciphertext)),
        ]
    }

    /// Reads such a document.
    public init(json: JSON) throws(RecoveryFault) {
        guard json["version"] == 1, let set = json["set"], let index = json["index"]?.integer,
            let recipient = json["recipient"]?.string, let thumbprint = Base64.decodeURL(recipient),
            thumbprint.count == SHA256.digestBytes,
            let encapsulated = json["encapsulated"]?.string.flatMap({ Base64.decodeURL($0) }),
            encapsulated.count == HPKE.encapsulatedBytes,
            let ciphertext = json["ciphertext"]?.string.flatMap({ Base64.decodeURL($0) }),
            ciphertext.count == RecoverySet.rootBytes + AESGCM.tagBytes
        else { throw .malformed }
        self.set = try RecoverySet(json: set)
        guard (1...Int64(self.set.count)).contains(index) else { throw .malformed }
        self.index = Int(index)
        self.recipient = recipient
        message = HPKEMessage(encapsulated: encapsulated, ciphertext: ciphertext)
    }

    /// Set id, index, k, n, gateway: the first four have fixed lengths, so no two lists give the same bytes.
    private static func associated(set: RecoverySet, index: Int) -> [UInt8] {
        set.id + [UInt8(index), UInt8(set.threshold), UInt8(set.count)] + Array(set.gateway.utf8)
    }
}

extension RecoveryFault {
    /// What a refusal of the seal means for the share at `index`.
    fileprivate init(_ error: HPKEError, index: Int) {
        self =
            switch error {
            case .memory(let reason): .memory(reason)
            default: .notOpened(index: index)
            }
    }
}
