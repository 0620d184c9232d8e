import Cryptography
import Primitives
import Testing

@testable import Vault

@Suite("A secret under seal opens for one instance, wallet, session, request and purpose")
struct SealedSecretTests {
    private static let secret = "sk-ant-sealed-on-the-way"

    /// What a client sends.
    private static func sealed(
        to key: X25519PublicKey, by caller: VaultCaller, for purpose: SealedPurpose, _ text: String = secret
    ) throws -> SealedSecret {
        let message = try HPKE.seal(
            Array(text.utf8), to: key, info: SealingKey.info(for: purpose, of: caller, nonce: "n", to: key),
            associated: [])
        return try #require(
            SealedSecret(
                enc: Base64.encodeURL(message.encapsulated), ciphertext: Base64.encodeURL(message.ciphertext),
                recipient: key.thumbprint))
    }

    @Test("It opens where it was sealed for")
    func opens() throws {
        let (key, caller) = (try SealingKey(), try Person().caller)
        let sealed = try Self.sealed(to: key.publicKey, by: caller, for: .providerKey(.anthropic))
        let opened = try key.open(sealed, for: .providerKey(.anthropic), of: caller, nonce: "n")
        #expect(opened.withBytes { String(decoding: $0, as: UTF8.self) } == Self.secret)
    }

    @Test("Another wallet, session, request or purpose does not open it, nor does another instance")
    func bound() throws {
        let (key, caller) = (try SealingKey(), try Person().caller)
        let sealed = try Self.sealed(to: key.publicKey, by: caller, for: .vaultSignature)
        let others: [(SealedPurpose, VaultCaller)] = [
            (.vaultSignature, try Person(2, grant: caller.grant).caller),
            (.vaultSignature, try Person(grant: "another").caller), (.providerKey(.anthropic), caller),
        ]
        for (purpose, caller) in others {
            #expect(throws: SealedSecretError.invalid) { try key.open(sealed, for: purpose, of: caller, nonce: "n") }
        }
        for nonce in ["", "N", "nn"] {
            #expect(throws: SealedSecretError.invalid) {
                try key.open(sealed, for: .vaultSignature, of: caller, nonce: nonce)
            }
        }
        let other = try SealingKey()
        #expect(throws: SealedSecretError.wrongRecipient) {
            try other.open(sealed, for: .vaultSignature, of: caller, nonce: "n")
        }
        // Relabelled for the other one, it does not open there either.
        let message = Base64.encodeURL(sealed.message.encapsulated)
        let relabelled = try #require(
            SealedSecret(
                enc: message, ciphertext: Base64.encodeURL(sealed.message.ciphertext),
                recipient: other.publicKey.thumbprint))
        #expect(throws: SealedSecretError.invalid) {
            try other.open(relabelled, for: .vaultSignature, of: caller, nonce: "n")
        }
    }

    @Test("One changed bit, in the ephemeral key or in the text, and it does not open")
    func altered() throws {
        let (key, caller) = (try SealingKey(), try Person().caller)
        let sealed = try Self.sealed(to: key.publicKey, by: caller, for: .vaultSignature)
        for index in [0, 15, sealed.message.ciphertext.count - 1] {
            var (enc, text) = (sealed.message.encapsulated, sealed.message.ciphertext)
            if index == 15 { enc[15] ^= 1 } else { text[index] ^= 1 }
            let altered = try #require(
                SealedSecret(
                    enc: Base64.encodeURL(enc), ciphertext: Base64.encodeURL(text), recipient: sealed.recipient))
            #expect(throws: SealedSecretError.invalid) {
                try key.open(altered, for: .vaultSignature, of: caller, nonce: "n")
            }
        }
        let zero = try #require(
            SealedSecret(
                enc: Base64.encodeURL([UInt8](repeating: 0, count: 32)),
                ciphertext: Base64.encodeURL(sealed.message.ciphertext), recipient: sealed.recipient))
        #expect(throws: SealedSecretError.invalid) { try key.open(zero, for: .vaultSignature, of: caller, nonce: "n") }
    }

    @Test("Only the lengths of a sealed secret are read as one")
    func lengths() {
        func reads(_ enc: Int, _ ciphertext: Int) -> Bool {
            SealedSecret(
                enc: Base64.encodeURL([UInt8](repeating: 1, count: enc)),
                ciphertext: Base64.encodeURL([UInt8](repeating: 1, count: ciphertext)), recipient: "r") != nil
        }
        #expect(reads(32, 17) && reads(32, SealedSecret.maximumCiphertextBytes))
        #expect(!reads(31, 17) && !reads(33, 17) && !reads(32, 16))
        #expect(!reads(32, SealedSecret.maximumCiphertextBytes + 1))
        #expect(SealedSecret(enc: "=", ciphertext: "=", recipient: "r") == nil)
    }
}
