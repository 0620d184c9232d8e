import Primitives

/// What the key of a sealed copy follows from on a machine with a TPM 2.0: the wrapping key as this TPM alone can load
/// it, under the policy that the authority approves the registers.
public struct TPMBinding: Hashable, Sendable {
    private static let longestArea = 512

    /// Name of the authority's key, 34 bytes.
    public let authority: [UInt8]
    /// TPM2B_PRIVATE of the wrapping key.
    let privateArea: [UInt8]
    /// TPM2B_PUBLIC of the wrapping key.
    let publicArea: [UInt8]

    init(authority: [UInt8], privateArea: [UInt8], publicArea: [UInt8]) {
        self.authority = authority
        self.privateArea = privateArea
        self.publicArea = publicArea
    }

    var json: JSON {
        [
            "authority": .string(Hex.encode(authority)), "private": .string(Hex.encode(privateArea)),
            "public": .string(Hex.encode(publicArea)),
        ]
    }

    init?(json: JSON) {
        guard let authority = json["authority"]?.string.flatMap({ Hex.decode($0) }), authority.count == 34,
            let privateArea = json["private"]?.string.flatMap({ Hex.decode($0) }),
            let publicArea = json["public"]?.string.flatMap({ Hex.decode($0) }),
            privateArea.count <= TPMBinding.longestArea, publicArea.count <= TPMBinding.longestArea
        else { return nil }
        self.init(authority: authority, privateArea: privateArea, publicArea: publicArea)
    }
}
