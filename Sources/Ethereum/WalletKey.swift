public import Cryptography

/// A wallet's private key, in locked memory: for tests, the demonstration, and tools. The gateway itself holds none.
public struct WalletKey: Sendable {
    /// The account of this key.
    public let address: Address
    private let scalar: Secret

    /// A key from 32 bytes; nil if they are not a private key (0, or not below the curve's order).
    public init?(_ scalar: Secret) {
        guard let publicKey = Secp256k1.publicKey(of: scalar) else { return nil }
        address = Address(publicKey: publicKey)
        self.scalar = scalar
    }

    /// A fresh key.
    public static func generate() throws(SecretError) -> WalletKey {
        while true {
            // One in 2^128 random scalars is no key.
            if let key = WalletKey(try Secret(randomCount: Secp256k1.scalarBytes)) { return key }
        }
    }

    /// Signs 32 bytes. The same digest gives the same signature (RFC 6979).
    public func sign(digest: [UInt8]) -> WalletSignature {
        guard let raw = Secp256k1.sign(digest: digest, key: scalar), let signature = try? WalletSignature(raw) else {
            preconditionFailure("a checked key signs every digest")
        }
        return signature
    }

    /// Signs a message as `personal_sign` does.
    public func sign(personalMessage message: [UInt8]) -> WalletSignature {
        sign(digest: PersonalMessage.digest(of: message))
    }

    /// Signs as `eth_signTypedData_v4` does.
    public func sign(typedData: TypedData) -> WalletSignature {
        sign(digest: typedData.digest)
    }
}

extension WalletKey: CustomStringConvertible, CustomReflectable {
    /// Names the key by its address.
    public var description: String { "[wallet key of \(address)]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
