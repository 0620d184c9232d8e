import HTTPClient
import HTTPTypes
import Identity

/// Fetches issuers' key sets over HTTP, under the egress policy, without following redirects.
struct HTTPKeySets: KeySetFetcher {
    /// A request waits for it.
    private static let limits = ClientLimits(
        connectMilliseconds: 3_000, firstByteMilliseconds: 5_000, idleMilliseconds: 5_000, totalMilliseconds: 8_000)

    let client: HTTPClient

    func keySet(at url: String, maximumBytes: Int) async throws(KeySetFetchFault) -> [UInt8] {
        let (status, body): (Int, [UInt8])
        do throws(HTTPClientError) {
            let response = try await client.send(ClientRequest(url: url, limits: HTTPKeySets.limits))
            // What is no answer need not be read.
            status = response.status
            body = status == 200 ? try await response.body.collect(upTo: maximumBytes) : []
        } catch {
            throw KeySetFetchFault("unreachable")
        }
        guard status == 200 else { throw KeySetFetchFault("status_\(status)") }
        return body
    }
}
