/// Decides whether an account signed: a key's by recovery, a contract's by asking the chain (EIP-1271, ERC-6492,
/// EIP-7702). The one way in for every caller that takes signatures of wallets.
///
/// A chain without a node costs no call and does not suspend. Nodes are not trusted with keys: what they say can open
/// a contract's account on their chain, never one that a key holds.
public struct SignatureCheck: Sendable {
    /// The longest signature: a wrapped one with a factory's call and a passkey's data has two kilobytes.
    public static let maximumSignatureBytes = 8_192

    /// The chains in the order of preference. Never empty.
    public let chains: [ServedChain]

    /// A check over these chains, of which there must be one; the first is meant where a caller names none.
    public init(chains: [ServedChain]) {
        precondition(!chains.isEmpty, "some chain is served")
        self.chains = chains
    }

    /// The chain that is meant where a caller names none.
    public var defaultChainID: UInt64 { chains[0].id }

    /// Whether accounts may name this chain.
    public func serves(_ chainID: UInt64) -> Bool {
        chains.contains { $0.id == chainID }
    }

    /// Whether contracts can be asked on the chain, or on the first if none is named.
    public func asksContracts(on chainID: UInt64?) -> Bool {
        served(chainID)?.chain != nil
    }

    /// Looks into a claim. Takes at most `Chain.answerMilliseconds` thrice over, and nothing where no node is asked.
    public func check(_ claim: SignatureClaim) async throws(SignatureRefusal) -> SignatureProof {
        guard (1...SignatureCheck.maximumSignatureBytes).contains(claim.signature.count) else { throw .malformed }
        guard let served = served(claim.chainID) else { throw .chainNotServed }
        guard let chain = served.chain else {
            return try conclude(SignatureDecision(signature: claim.signature, code: nil), of: claim)
        }
        let code = try await chain.code(of: claim.account)
        let decision = SignatureDecision(signature: claim.signature, code: code)
        guard case .ask(let signature) = decision else { return try conclude(decision, of: claim) }
        let data = SignatureProbe.callData(account: claim.account, digest: claim.digest, signature: signature)
        guard try await chain.runsToYes(data) else { throw .invalid }
        if case .delegated = code, let recovered = try? SignatureCheck.recover(claim), recovered == claim.account {
            // Both its contract and its key said yes: it is the key's account, whatever the nodes say of its code.
            return SignatureProof(account: claim.account, holder: .key, isRevocable: true)
        }
        return SignatureProof(account: claim.account, holder: .contract(chainID: chain.id), isRevocable: true)
    }

    private func served(_ chainID: UInt64?) -> ServedChain? {
        guard let chainID else { return chains[0] }
        return chains.first { $0.id == chainID }
    }

    /// What needs no chain.
    private func conclude(
        _ decision: SignatureDecision, of claim: SignatureClaim
    ) throws(SignatureRefusal) -> SignatureProof {
        switch decision {
        case .recover:
            guard try SignatureCheck.recover(claim) == claim.account else { throw .otherSigner }
            return SignatureProof(account: claim.account, holder: .key, isRevocable: false)
        case .refuse(let refusal): throw refusal
        case .ask: throw .unavailable
        }
    }

    private static func recover(_ claim: SignatureClaim) throws(SignatureRefusal) -> Address {
        let signature: WalletSignature
        do throws(WalletSignatureError) {
            signature =
                claim.takesLowV
                ? try WalletSignature(loginBytes: claim.signature) : try WalletSignature(strict: claim.signature)
        } catch {
            throw error == .malformed ? .malformed : .invalid
        }
        guard let signer = signature.signer(ofDigest: claim.digest) else { throw .invalid }
        return signer
    }
}
