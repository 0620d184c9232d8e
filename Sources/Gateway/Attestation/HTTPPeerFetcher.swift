import Attestation
import HTTPClient
import HTTPTypes

/// Asks peers over HTTP, under the egress policy, without following redirects.
struct HTTPPeerFetcher: PeerFetcher {
    let client: HTTPClient

    func get(
        _ url: String, pinnedKeySHA256: [UInt8]?, maximumBytes: Int, milliseconds: UInt64
    ) async throws(PeerFetchFault) -> PeerAnswer {
        let limits = ClientLimits(
            connectMilliseconds: milliseconds, firstByteMilliseconds: milliseconds, idleMilliseconds: milliseconds,
            totalMilliseconds: milliseconds, bodyBytes: maximumBytes)
        do throws(HTTPClientError) {
            let response = try await client.send(
                ClientRequest(
                    url: url, fields: [("Cache-Control", "no-cache")], limits: limits,
                    pinnedKeySHA256: pinnedKeySHA256))
            // What is no answer need not be read.
            guard response.status == 200 else {
                return PeerAnswer(
                    status: response.status, retryAfterSeconds: response.fields["Retry-After"].flatMap { Int64($0) },
                    body: [])
            }
            return PeerAnswer(status: 200, body: try await response.body.collect(upTo: maximumBytes))
        } catch {
            switch error {
            case .timedOut, .cancelled: throw .timedOut
            case .tooLarge: throw .tooLarge
            case .tls(.keyNotPinned): throw .otherTLSKey
            default: throw .unreachable
            }
        }
    }
}
