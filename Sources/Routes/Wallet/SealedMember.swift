import Cryptography
import HTTPServer
import HTTPTypes
import Primitives
import Vault

/// A member of a request that is a secret under seal, `{enc, ciphertext, recipient}`.
struct SealedMember {
    static let schema = Schema.object(
        [
            .required("enc", .text(length: 43...43, format: nil), "The ephemeral public key, base64url."),
            .required("ciphertext", .text(length: 23...704, format: nil), "Ciphertext and tag, base64url."),
            .required("recipient", .text(length: 43...43, format: nil), "Thumbprint of the key it is sealed to."),
        ], isOpen: true)

    private static let wrongRecipient = APIError.Kind(
        409, "wrong_recipient",
        "This is sealed to another instance, or to this one before its restart. Check the evidence anew, and seal it "
            + "to the key that it names.")
    private static let invalid = APIError.Kind(
        400, "sealed_secret_invalid",
        "This does not open: it was altered, or sealed for another wallet, session, request or purpose.")

    static let kinds = [wrongRecipient, invalid]

    let key: SealingKey

    /// The secret member `name`, or what is under seal in `sealed`; nil if both were left out. Refuses a seal beside
    /// `name`, or beside `copy`, which holds the same bytes: they would be there to read on the way. To be called
    /// inside `VaultRefusal.translating`.
    func secret(
        _ name: String, orSealed sealed: String, copy: String? = nil, for purpose: SealedPurpose, of call: Call,
        _ caller: VaultCaller
    ) throws -> Secret? {
        guard let members = call.body[sealed], !members.isNull else { return try VaultRefusal.secret(name, of: call) }
        for plain in [name, copy].compactMap(\.self) where call.withSecret(plain, { _ in true }) != nil {
            throw APIError(
                SealedMember.invalid, message: "Leave \(plain) out beside \(sealed): it tells what is sealed.")
        }
        guard let enc = members["enc"]?.string, let ciphertext = members["ciphertext"]?.string,
            let recipient = members["recipient"]?.string,
            let secret = SealedSecret(enc: enc, ciphertext: ciphertext, recipient: recipient)
        else { throw APIError(SealedMember.invalid) }
        do {
            return try key.open(secret, for: purpose, of: caller, nonce: call.optionalText("nonce") ?? "")
        } catch SealedSecretError.wrongRecipient {
            throw APIError(SealedMember.wrongRecipient, details: [.init("sealingKey", own)])
        } catch SealedSecretError.invalid {
            throw APIError(SealedMember.invalid)
        }
    }

    /// The key to seal to.
    var own: JSON {
        ["publicKey": .string(Base64.encodeURL(key.publicKey.bytes)), "recipient": .string(key.publicKey.thumbprint)]
    }
}
