import Cryptography
import Primitives

/// A secret that a client has sealed to one instance's key (HPKE, RFC 9180), so that nothing on the way can read it: no
/// balancer, and no holder of the TLS key. Pure form; `SealingKey` opens it.
public struct SealedSecret: Hashable, Sendable {
    /// The longest ciphertext: what a slot of secret memory holds, and the tag.
    public static let maximumCiphertextBytes = WalletVault.maximumSecretBytes + AESGCM.tagBytes

    /// RFC 7638 thumbprint of the key it is sealed to, base64url.
    public let recipient: String
    let message: HPKEMessage

    /// Reads the three members of the wire, each base64url without padding; nil for what cannot be one.
    public init?(enc: String, ciphertext: String, recipient: String) {
        guard let encapsulated = Base64.decodeURL(enc), encapsulated.count == HPKE.encapsulatedBytes,
            let sealed = Base64.decodeURL(ciphertext),
            (AESGCM.tagBytes + 1...SealedSecret.maximumCiphertextBytes).contains(sealed.count)
        else { return nil }
        self.recipient = recipient
        message = HPKEMessage(encapsulated: encapsulated, ciphertext: sealed)
    }
}

/// What a sealed secret is for: one opens for no other use.
public struct SealedPurpose: Hashable, Sendable {
    let text: String

    /// The signature that opens the vault.
    public static let vaultSignature = SealedPurpose(text: "vault-signature")

    /// A provider's key, to be stored.
    public static func providerKey(_ provider: ProviderSlug) -> SealedPurpose {
        SealedPurpose(text: "provider-key/" + provider.text)
    }
}

/// Why a sealed secret was not opened.
public enum SealedSecretError: Error, Hashable, Sendable {
    /// It is sealed to another key: another instance's, or this one's before a restart.
    case wrongRecipient
    /// It does not open: altered, or sealed for another wallet, session, request or purpose. Which one cannot be told.
    case invalid
}
