public import Cryptography

/// A secret to be saved, and its name.
public struct NamedSecret: Sendable {
    /// Its name.
    public let name: SecretName
    /// Its value, in secret memory.
    public let value: Secret

    /// A secret by name and value.
    public init(_ name: SecretName, _ value: Secret) {
        self.name = name
        self.value = value
    }

    /// Whether it may be saved: a provider's key is 1 to 512 visible ASCII characters, as it goes into a request header
    /// where a line break would begin another one; any other secret is 1 to 512 bytes without NUL.
    var isAcceptable: Bool {
        value.withBytes { bytes in
            (1...WalletVault.maximumSecretBytes).contains(bytes.count)
                && bytes.allSatisfy { name.purpose == .providers ? (0x21...0x7E).contains($0) : $0 != 0 }
        }
    }
}
