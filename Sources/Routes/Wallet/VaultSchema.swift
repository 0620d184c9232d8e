import HTTPServer
import Primitives
import Vault

/// Shapes that the routes of the vault share.
enum VaultSchema {
    static let signature = Schema.secret(length: 130...132)
    static let nonce = Schema.text(length: 1...200, format: nil)
    static let mode = Schema.nullable(.choice(["sign-to-derive", "hkdf"]))
    static let kind = Schema.nullable(.choice(VaultTextKind.allCases.map(\.rawValue)))
    static let determinism = Schema.nullable(.choice(["proven", "unproven"]))
    /// The names of scopes: as many as a wallet may have.
    static let names = Schema.list(.text(upTo: SecretScope.maximumBytes), maximum: WalletVault.maximumScopes)
    /// A chosen few of them. Of providers there are fewer, with shorter names.
    static func wanted(_ face: VaultFace) -> Schema {
        .nullable(
            face.purpose == .providers ? .list(.text(upTo: ProviderSlug.maximumBytes), maximum: 16) : names)
    }

    /// What proves a request to the vault.
    static let proof: [Schema.Property] = [
        .optional("signature", signature, "Over the vault's text or typed data."),
        .optional("sealedSignature", SealedMember.schema, "The signature under seal, in its place."),
        .optional("signatureCheck", signature, "The same signed a second time: refused unless it is the same."),
        .optional("nonce", nonce, "From derive-challenge; goes with a signature, good for one request."),
    ]

    static func typedData(_ name: String) -> Schema.Property {
        .required(name, .object([], isOpen: true), "The same for eth_signTypedData_v4. It is another key.")
    }

    static func list(_ names: [String]) -> JSON {
        .array(names.map { .string($0) })
    }

    /// The proof as it was sent, its signatures in secret memory. To be called inside `VaultRefusal.translating`.
    /// It may come under seal, as `sealedName`; then `check` is refused.
    static func proof(
        _ call: Call, _ sealed: SealedMember, _ caller: VaultCaller, _ name: String = "signature",
        orSealed sealedName: String = "sealedSignature", check: String = "signatureCheck"
    ) throws -> VaultProof {
        VaultProof(
            signature: try sealed.secret(
                name, orSealed: sealedName, copy: check, for: .vaultSignature, of: call, caller),
            again: try VaultRefusal.secret(check, of: call), nonce: call.optionalText("nonce"))
    }

    static func mode(of status: SecretStatus) -> JSON {
        guard status.configured else { return nil }
        return status.kind == nil ? "hkdf" : "sign-to-derive"
    }

    static func determinism(of status: SecretStatus) -> JSON {
        status.isProven.map { $0 ? "proven" : "unproven" } ?? nil
    }
}
