import Cryptography
import Primitives

/// Seals what people say, so that whoever reads the disk learns how long a text is and when it was written, no more.
///
/// AES-256-GCM under a key a wallet, derived from the conversation root by HKDF-SHA256. What is sealed is bound to its
/// place (conversation, sequence, role) by the associated data: a row moved elsewhere does not open. Stored form:
/// version 1, 12 bytes of nonce, ciphertext, 16 bytes of tag.
struct ConversationSeal: Sendable {
    private static let version: UInt8 = 1
    /// Bytes that sealing adds.
    static let overheadBytes = 1 + AESGCM.nonceBytes + AESGCM.tagBytes

    private let root: Secret

    /// Where a sealed text stands.
    enum Place {
        case message(conversation: String, sequence: Int, role: Role)
        case preview(conversation: String)

        var associatedData: [UInt8] {
            switch self {
            case .message(let conversation, let sequence, let role):
                Place.join("sealgate/message/1", conversation, String(sequence), role.rawValue)
            case .preview(let conversation):
                Place.join("sealgate/preview/1", conversation)
            }
        }

        /// Parts ended by a zero byte, which none of them holds.
        private static func join(_ parts: String...) -> [UInt8] {
            parts.flatMap { Array($0.utf8) + [0] }
        }
    }

    /// A text that does not open: altered, moved, or of another root.
    struct NotAuthentic: Error {}

    /// `root` is a secret of the gateway's own, for conversations alone.
    init(root: Secret) throws(SecretError) {
        self.root = try HKDF.extract(salt: Array("sealgate/conversations/1".utf8), input: root)
    }

    /// Seals by a nonce that follows from `seed`, the text and its place: a body of the database that runs again writes
    /// the same bytes, and if it meets another text or place by then, the nonce is another, too.
    func seal(_ text: String, of wallet: WalletID, at place: Place, seed: SealSeed) throws -> [UInt8] {
        let (text, place) = (Array(text.utf8), place.associatedData)
        let nonce = seed.nonce(for: text, at: place)
        return [Self.version] + nonce + AESGCM.seal(text, key: try key(of: wallet), nonce: nonce, associated: place)
    }

    func open(_ stored: [UInt8], of wallet: WalletID, at place: Place) throws -> String {
        guard stored.count >= Self.overheadBytes, stored[0] == Self.version else { throw NotAuthentic() }
        let nonce = Array(stored[1...AESGCM.nonceBytes])
        let sealed = Array(stored[(1 + AESGCM.nonceBytes)...])
        guard
            let text = try? AESGCM.open(
                sealed, key: key(of: wallet), nonce: nonce, associated: place.associatedData),
            let text = String(validating: text, as: UTF8.self)
        else { throw NotAuthentic() }
        return text
    }

    /// A code by which two requests can be told to be the same without their text being stored.
    func fingerprint(_ request: [UInt8], of wallet: WalletID) throws -> [UInt8] {
        HMACSHA256.code(over: Array("sealgate/request/1".utf8) + [0], request, key: try key(of: wallet))
    }

    private func key(of wallet: WalletID) throws(SecretError) -> Secret {
        var info = Array("sealgate/conversations/wallet/1".utf8) + [0]
        withUnsafeBytes(of: wallet.rawValue.bigEndian) { info.append(contentsOf: $0) }
        return try HKDF.expand(root, info: info, count: AESGCM.keyBytes)
    }
}
