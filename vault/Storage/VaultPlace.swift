import Cryptography
import Primitives

/// The opaque name of one secret of one wallet in a store: HMACs under the gateway's index key, so that names on a disk
/// tell neither an address nor a server. It never leaves the machine.
public struct VaultPlace: Hashable, Sendable {
    private static let domain = Array("sealgate/vault-place/v1".utf8)

    /// The wallet's part: its vault index, 64 hex digits.
    public let folder: String
    /// The secret's part: 64 hex digits.
    public let file: String

    init(_ name: SecretName, isSigned: Bool, of index: VaultIndex, key: Secret) {
        folder = Hex.encode(index.bytes)
        file = Hex.encode(
            HMACSHA256.code(
                over: LengthPrefixed.join(
                    VaultPlace.domain, index.bytes, Array(name.label.utf8), [isSigned ? 1 : 0]), key: key))
    }
}
