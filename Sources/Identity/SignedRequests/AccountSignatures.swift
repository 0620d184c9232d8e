import Ethereum
import Primitives

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
    /// The account signed.
    case valid
    /// It did not.
    case invalid
    /// It is a contract's signature, and contracts are not asked.
    case unsupported
    /// The chain did not answer.
    case unavailable
}

/// The signatures of keys alone, by strict recovery: 65 bytes, low s, v of 27 or 28. Asks nobody.
public struct KeySignatures: AccountSignatures {
    /// The chains that agents of this gateway pay and work on: Base and Ethereum. A key is the same on all.
    public static let defaultChainIDs: [UInt64] = [8_453, 1]
    /// What a signature ends with whose contract may not be deployed yet (ERC-6492).
    private static let wrapperMark: [UInt8] = Array(repeating: [0x64, 0x92], count: 16).flatMap { $0 }

    /// The chains whose accounts are served.
    public let chainIDs: [UInt64]

    /// Keys on these chains.
    public init(chainIDs: [UInt64] = defaultChainIDs) {
        self.chainIDs = chainIDs
    }

    /// Never.
    public var asksContracts: Bool { false }

    /// Recovers the signer: about 35 us.
    public func finding(_ signature: [UInt8], over digest: [UInt8], by account: AccountID) async -> SignatureFinding {
        KeySignatures.finding(signature, over: digest, by: account)
    }

    static func finding(_ signature: [UInt8], over digest: [UInt8], by account: AccountID) -> SignatureFinding {
        if signature.count > WalletSignature.byteCount, signature.suffix(wrapperMark.count).elementsEqual(wrapperMark) {
            return .unsupported
        }
        guard let signature = try? WalletSignature(strict: signature) else { return .invalid }
        return signature.signer(ofDigest: digest) == account.address ? .valid : .invalid
    }
}
