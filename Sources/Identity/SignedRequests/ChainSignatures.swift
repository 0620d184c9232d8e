public import Ethereum

/// Signatures of keys and of contracts, as `SignatureCheck` finds them on the chains that it serves.
public struct ChainSignatures: AccountSignatures {
    private let check: SignatureCheck

    /// What `check` finds.
    public init(_ check: SignatureCheck) {
        self.check = check
    }

    /// The chains that are served.
    public var chainIDs: [UInt64] { check.chains.map(\.id) }

    /// Whether some chain has a node to ask.
    public var asksContracts: Bool { check.chains.contains { $0.chain != nil } }

    /// Strict about keys; asks the account's chain about contracts, if it has a node.
    public func finding(_ signature: [UInt8], over digest: [UInt8], by account: AccountID) async -> SignatureFinding {
        let claim = SignatureClaim(
            account: account.address, digest: digest, signature: signature, chainID: account.chainID)
        do throws(SignatureRefusal) {
            return .valid(try await check.check(claim).holder)
        } catch {
            switch error {
            case .malformed, .invalid, .otherSigner: return .invalid
            case .chainNotServed, .contractWalletsNotServed: return .unsupported
            case .unavailable: return .unavailable
            }
        }
    }
}
