/// That an account signed something: what `SignatureCheck` looks into.
public struct SignatureClaim: Hashable, Sendable {
    /// The account that is said to have signed.
    public let account: Address
    /// What was signed: the EIP-191 or EIP-712 digest, 32 bytes. A contract is asked about this very digest.
    public let digest: [UInt8]
    /// The signature as it came.
    public let signature: [UInt8]
    /// The chain on which the account is to be looked up; nil for the first that is served.
    public let chainID: UInt64?
    /// Whether v may be 0 or 1, as some wallets write it at login. Signed requests must not: they are strict.
    public let takesLowV: Bool

    /// A claim.
    public init(
        account: Address, digest: [UInt8], signature: [UInt8], chainID: UInt64? = nil, takesLowV: Bool = false
    ) {
        precondition(digest.count == Word.byteCount, "a digest has 32 bytes")
        self.account = account
        self.digest = digest
        self.signature = signature
        self.chainID = chainID
        self.takesLowV = takesLowV
    }
}
