/// A chain that accounts may name.
public struct ServedChain: Sendable {
    /// Its EIP-155 number.
    public let id: UInt64
    /// How to ask it; nil where no node is configured, so that every account on it is taken for a key's.
    public let chain: Chain?

    /// A chain of which nothing can be asked.
    public init(id: UInt64) {
        self.id = id
        chain = nil
    }

    /// A chain with nodes.
    public init(_ chain: Chain) {
        id = chain.id
        self.chain = chain
    }
}
