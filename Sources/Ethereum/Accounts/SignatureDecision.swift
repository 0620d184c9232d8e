/// What is to be done about a signature, decided before anything is asked: by its form and by what stands at the
/// account.
///
/// The order is ERC-6492's: a wrapped signature is simulated; where code stands the contract decides and nobody else,
/// since the key of an account that delegates (EIP-7702) would pass by its contract's rules; only an account without
/// code is its key.
enum SignatureDecision: Hashable, Sendable {
    /// Recover the key.
    case recover
    /// Let the chain run `SignatureProbe`.
    case ask(DeployableSignature)
    /// Neither helps.
    case refuse(SignatureRefusal)

    /// Decides. `code` is nil where the chain has no node: there every account is taken for a key's.
    init(signature: [UInt8], code: AccountCode?) {
        let isWrapped = DeployableSignature.isWrapped(signature)
        guard let code else {
            let isContracts = isWrapped || signature.count > WalletSignature.byteCount
            self = isContracts ? .refuse(.contractWalletsNotServed) : .recover
            return
        }
        if isWrapped {
            self = DeployableSignature(wrapped: signature).map { .ask($0) } ?? .refuse(.invalid)
        } else {
            self = code == .none ? .recover : .ask(DeployableSignature(plain: signature))
        }
    }
}
