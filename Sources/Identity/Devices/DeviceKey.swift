import Cryptography
import Ethereum
import Primitives

/// By what a device proves that it is the one that was paired.
enum DeviceKey: Hashable, Sendable {
    /// It signs as a wallet does, by EIP-191.
    case wallet
    /// It signs by ECDSA on P-256 over SHA-256, as secure elements of phones do; signatures are DER.
    case p256(ES256PublicKey)

    /// The longest spelling of a key: PEM has no place in JSON, so hex of a SubjectPublicKeyInfo.
    static let maximumTextBytes = 200
    /// The longest spelling of a signature: hex of the longest DER.
    static let maximumSignatureBytes = 160

    /// Reads `devicePublicKey`: a SubjectPublicKeyInfo or an uncompressed point, in hex or base64 of either alphabet.
    init?(publicKey text: String) {
        guard text.utf8.count <= DeviceKey.maximumTextBytes, let bytes = DeviceKey.bytes(text),
            let key = ES256PublicKey(subjectPublicKeyInfo: bytes) ?? ES256PublicKey(point: bytes)
        else { return nil }
        self = .p256(key)
    }

    /// Whether `signature` is this device's over `message`. `address` is what the device calls itself.
    func isValid(_ signature: String, over message: String, of address: Address) -> Bool {
        let bytes = Array(message.utf8)
        switch self {
        case .wallet:
            guard let signature = try? WalletSignature(login: signature) else { return false }
            return PersonalMessage.signer(of: bytes, signature: signature) == address
        case .p256(let key):
            guard signature.utf8.count <= DeviceKey.maximumSignatureBytes, let der = DeviceKey.bytes(signature) else {
                return false
            }
            return key.isValid(derSignature: der, over: bytes)
        }
    }

    /// Hex first: no key or signature in base64 consists of hex digits alone.
    private static func bytes(_ text: String) -> [UInt8]? {
        Hex.decode(text) ?? Base64.decode(text) ?? Base64.decodeURL(text)
    }

    /// How it stands in a sealed record: null for a wallet's.
    var json: JSON {
        switch self {
        case .wallet: .null
        case .p256(let key): .string(Hex.encode(key.point))
        }
    }

    init?(json: JSON?) {
        switch json {
        case .null: self = .wallet
        case .string(let text):
            guard let key = Hex.decode(text).flatMap({ ES256PublicKey(point: $0) }) else { return nil }
            self = .p256(key)
        default: return nil
        }
    }
}
