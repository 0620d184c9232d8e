public import Ethereum

/// Whether an account signed. Plugged in from outside: accounts that are contracts can only be asked on their chain.
public protocol AccountSignatures: Sendable {
    /// The chains whose accounts are served, by EIP-155 number.
    var chainIDs: [UInt64] { get }
    /// Whether contracts are asked; else every account is taken for a key's.
    var asksContracts: Bool { get }
    /// What is found about a signature over a digest of 32 bytes.
    func finding(_ signature: [UInt8], over digest: [UInt8], by account: AccountID) async -> SignatureFinding
}

/// What was found about a signature.
public enum SignatureFinding: Hashable, Sendable {
    /// The account signed; whose it is.
    case valid(SignatureProof.Holder)
    /// It did not.
    case invalid
    /// It is a contract's signature, and contracts are not asked.
    case unsupported
    /// The chain did not answer.
    case unavailable
}
