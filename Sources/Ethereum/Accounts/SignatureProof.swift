/// Whose signature it was.
public struct SignatureProof: Hashable, Sendable {
    /// Who holds an account.
    public enum Holder: Hashable, Sendable {
        /// Its key, the same on every chain. Proved by recovery, which no node has a say in.
        case key
        /// The contract at its address on this chain alone: on another, somebody else may have deployed there.
        case contract(chainID: UInt64)
    }

    /// The account.
    public let account: Address
    /// Who proved to hold it.
    public let holder: Holder
    /// Whether a contract was asked, so that a later block may end what this proof began.
    public let isRevocable: Bool

    /// A proof from its parts.
    public init(account: Address, holder: Holder, isRevocable: Bool) {
        self.account = account
        self.holder = holder
        self.isRevocable = isRevocable
    }
}
