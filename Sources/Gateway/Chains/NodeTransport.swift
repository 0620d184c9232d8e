import Ethereum
import HTTPClient
import HTTPTypes

/// A chain's node over HTTP, for `Chain`.
struct NodeTransport: ChainTransport {
    /// A login waits for it.
    private static let limits = ClientLimits(
        connectMilliseconds: Chain.answerMilliseconds, firstByteMilliseconds: Chain.answerMilliseconds,
        idleMilliseconds: Chain.answerMilliseconds, totalMilliseconds: Chain.answerMilliseconds)

    let client: HTTPClient
    let url: String

    func post(_ body: [UInt8], maximumBytes: Int) async throws(ChainTransportFault) -> [UInt8] {
        do throws(HTTPClientError) {
            let request = ClientRequest(
                method: .post, url: url,
                fields: [("Content-Type", "application/json"), ("Accept", "application/json")], body: body,
                limits: NodeTransport.limits)
            return try await client.send(request).body.collect(upTo: maximumBytes)
        } catch {
            throw ChainTransportFault()
        }
    }
}

extension SignatureCheck {
    /// Over the chains of the settings.
    init(_ settings: ChainSettings, client: HTTPClient) {
        self.init(
            chains: settings.entries.map { entry in
                guard !entry.nodes.isEmpty else { return ServedChain(id: entry.id) }
                let transports = entry.nodes.map { NodeTransport(client: client, url: $0) }
                return ServedChain(Chain(id: entry.id, transports: transports))
            })
    }
}
