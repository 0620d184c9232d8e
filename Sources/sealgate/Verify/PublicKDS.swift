import Attestation
import HTTPClient
import HTTPTypes

/// AMD's key distribution service, for `EndorsementSource`.
struct PublicKDS: EndorsementFetcher {
    private static let limits = ClientLimits(
        connectMilliseconds: 10_000, firstByteMilliseconds: 20_000, idleMilliseconds: 10_000,
        totalMilliseconds: 30_000)

    let client: HTTPClient
    let baseURL: String

    func get(_ target: String, maximumBytes: Int) async throws(EndorsementFetchFault) -> EndorsementAnswer {
        do throws(HTTPClientError) {
            let response = try await client.send(ClientRequest(url: baseURL + target, limits: PublicKDS.limits))
            return EndorsementAnswer(
                status: response.status, retryAfterSeconds: response.fields["Retry-After"].flatMap { Int64($0) },
                body: try await response.body.collect(upTo: maximumBytes))
        } catch {
            throw EndorsementFetchFault(detail: "the service could not be reached (\(error))")
        }
    }
}
