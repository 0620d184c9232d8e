import Cryptography
public import Primitives

/// A root secret sealed to a machine: a cache, because the key changes with the host, its firmware and the image. What
/// lasts are the shares of `recoverySet`.
///
/// The file is JSON. Everything but nonce and ciphertext is the header, which is authenticated with the root (AES-GCM
/// associated data: its canonical text, RFC 8785, after a label). The reader takes only what `json` writes.
public struct SealedBlob: Hashable, Sendable {
    /// More than any copy has.
    public static let maximumBytes = 4_096

    /// What the key follows from.
    public let binding: SealingBinding
    /// Id of the recovery set that was made of the same root.
    public let recoverySet: [UInt8]
    private let nonce: [UInt8]
    private let ciphertext: [UInt8]

    private static let label = Array("sealgate/sealed-root/v1".utf8)
    private static let version: JSON = 1

    /// Seals `root`, 32 bytes, under a key of this binding alone.
    init(sealing root: Secret, under key: Secret, binding: SealingBinding, recoverySet: [UInt8], nonce: [UInt8]) {
        precondition(root.count == RecoverySet.rootBytes && recoverySet.count == RecoveryShare.setIDBytes, "a root")
        self.binding = binding
        self.recoverySet = recoverySet
        self.nonce = nonce
        ciphertext = AESGCM.seal(
            root, key: key, nonce: nonce, associated: SealedBlob.associated(binding, recoverySet: recoverySet))
    }

    /// The root; nil under another key, or if a byte of the copy was changed.
    func opened(under key: Secret) throws(SecretError) -> Secret? {
        do throws(AESGCMError) {
            return try AESGCM.openSecret(
                ciphertext, key: key, nonce: nonce,
                associated: SealedBlob.associated(binding, recoverySet: recoverySet))
        } catch {
            if case .memory(let reason) = error { throw reason }
            return nil
        }
    }

    private static func associated(_ binding: SealingBinding, recoverySet: [UInt8]) -> [UInt8] {
        label + JSON.object(header(binding, recoverySet: recoverySet)).canonicalBytes
    }

    private static func header(_ binding: SealingBinding, recoverySet: [UInt8]) -> [JSON.Member] {
        [
            .init("version", version), .init("method", .string(binding.method)),
            .init("recoverySet", .string(Hex.encode(recoverySet))), .init(binding.method, binding.json),
        ]
    }

    /// The file's text, as a value.
    public var json: JSON {
        .object(
            SealedBlob.header(binding, recoverySet: recoverySet) + [
                .init("nonce", .string(Hex.encode(nonce))), .init("ciphertext", .string(Hex.encode(ciphertext))),
            ])
    }

    /// Reads a file. Nil unless it is, member for member, what `json` would write.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= SealedBlob.maximumBytes, let json = try? JSON(parsing: bytes),
            let set = json["recoverySet"]?.string.flatMap({ Hex.decode($0) }),
            set.count == RecoveryShare.setIDBytes, let method = json["method"]?.string,
            let binding = SealingBinding(method: method, json: json[method]),
            let nonce = json["nonce"]?.string.flatMap({ Hex.decode($0) }), nonce.count == AESGCM.nonceBytes,
            let ciphertext = json["ciphertext"]?.string.flatMap({ Hex.decode($0) }),
            ciphertext.count == RecoverySet.rootBytes + AESGCM.tagBytes
        else { return nil }
        self.binding = binding
        recoverySet = set
        self.nonce = nonce
        self.ciphertext = ciphertext
        guard json == self.json else { return nil }
    }
}
