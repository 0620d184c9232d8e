public import Attestation
public import HTTPClient
import HTTPTypes

/// AMD's key distribution service over HTTP, for `EndorsementSource`.
public struct KDSFetcher: EndorsementFetcher {
    /// A start waits for it, and must not wait long: evidence without certificates is better than no gateway.
    private static let limits = ClientLimits(
        connectMilliseconds: 3_000, firstByteMilliseconds: 5_000, idleMilliseconds: 5_000, totalMilliseconds: 8_000)

    private let client: HTTPClient
    private let baseURL: String

    /// The service at `baseURL`, without a trailing slash.
    public init(client: HTTPClient, baseURL: String) {
        self.client = client
        self.baseURL = baseURL
    }

    /// Asks the service; see `EndorsementFetcher`.
    public func get(_ target: String, maximumBytes: Int) async throws(EndorsementFetchFault) -> EndorsementAnswer {
        do throws(HTTPClientError) {
            let response = try await client.send(ClientRequest(url: baseURL + target, limits: KDSFetcher.limits))
            return EndorsementAnswer(
                status: response.status, retryAfterSeconds: response.fields["Retry-After"].flatMap { Int64($0) },
                body: try await response.body.collect(upTo: maximumBytes))
        } catch {
            throw EndorsementFetchFault(detail: "the service could not be reached (\(error))")
        }
    }
}
