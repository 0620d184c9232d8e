import Primitives
import Synchronization

/// One node of a chain. Asked for its chain's number before anything it says is believed: an address that leads to
/// another chain shows other contracts.
final class ChainNode: Sendable {
    private let chainID: UInt64
    private let transport: any ChainTransport
    private let isConfirmed = Atomic(false)

    init(chainID: UInt64, transport: any ChainTransport) {
        self.chainID = chainID
        self.transport = transport
    }

    /// The bytes that a call results in; nil if the node does not answer it as it should.
    func bytes(_ method: String, _ parameters: [JSON], maximumBytes: Int) async -> [UInt8]? {
        if !isConfirmed.load(ordering: .relaxed) {
            let number = await result("eth_chainId", [], maximumBytes: Chain.maximumSmallAnswerBytes)
            guard let number, JSONRPC.quantity(number) == chainID else { return nil }
            isConfirmed.store(true, ordering: .relaxed)
        }
        return await result(method, parameters, maximumBytes: maximumBytes).flatMap { JSONRPC.bytes($0) }
    }

    private func result(_ method: String, _ parameters: [JSON], maximumBytes: Int) async -> JSON? {
        guard
            let body = try? await transport.post(
                JSONRPC.request(method, parameters), maximumBytes: maximumBytes)
        else { return nil }
        return try? JSONRPC.result(body)
    }
}
