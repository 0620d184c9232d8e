public import Cryptography

/// Derives the key of each purpose from the root: HKDF-SHA256 (RFC 5869), extracted once, expanded per purpose.
public struct KeyTree: Sendable {
    /// Bytes of every derived key.
    public static let keyBytes = 32
    private static let salt = Array("sealgate/root/v1".utf8)

    private let pseudorandomKey: Secret

    /// The tree under `root`.
    public init(root: RootSecret) throws(SecretError) {
        pseudorandomKey = try HKDF.extract(salt: KeyTree.salt, input: root.secret)
    }

    /// The key of one purpose: 32 bytes, the same at every start with the same root.
    public func key(for purpose: KeyPurpose) throws(SecretError) -> Secret {
        try HKDF.expand(pseudorandomKey, info: Array(purpose.rawValue.utf8), count: KeyTree.keyBytes)
    }
}
