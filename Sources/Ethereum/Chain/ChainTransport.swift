/// How one node of a chain is reached. The gateway plugs its HTTP client in.
public protocol ChainTransport: Sendable {
    /// Posts a JSON body and returns that of the answer, whatever its status: nodes send errors with several. Bounded
    /// in time by the transport, `Chain.answerMilliseconds`, and to `maximumBytes`.
    func post(_ body: [UInt8], maximumBytes: Int) async throws(ChainTransportFault) -> [UInt8]
}

/// A node that could not be asked. Carries no address: those hold keys of providers.
public struct ChainTransportFault: Error, Hashable, Sendable {
    /// A fault.
    public init() {}
}
