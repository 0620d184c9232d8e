import Cryptography
public import HTTPClient
import HTTPTypes

/// Calls a server that speaks the Anthropic Messages API.
public struct ProviderClient: ProviderPort {
    private let http: HTTPClient
    private let url: String
    private let limits: ClientLimits

    /// A client for the server at `baseURL`, `https://api.anthropic.com`; a trailing slash is dropped. Whether that
    /// address may be called at all is the HTTP client's policy.
    public init(http: HTTPClient, baseURL: String) {
        self.init(http: http, baseURL: baseURL, limits: ProviderClient.limits)
    }

    /// As above, with limits of time that a test can wait for.
    init(http: HTTPClient, baseURL: String, limits: ClientLimits) {
        self.http = http
        self.limits = limits
        url = (baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL) + AnthropicRequest.path
    }

    /// Sends the request and returns once `message_start` has come. An answer that fails before that is a refusal.
    public func send(
        _ request: AnthropicRequest, key: PassedKey
    ) async throws(ProviderRefusal) -> any ProviderAnswer {
        let response: ClientResponse
        do throws(HTTPClientError) {
            response = try await http.send(upstream(request, key))
        } catch {
            throw ProviderRefusal(error)
        }
        guard response.status == 200 else {
            throw ProviderRefusal(status: response.status, retryAfter: response.fields["retry-after"])
        }
        let answer = AnthropicAnswer(response.body)
        if let fault = await answer.begin() { throw Task.isCancelled ? .cancelled : ProviderRefusal(fault) }
        return answer
    }

    /// The request as it leaves. A key that was taken before leaves none, which the provider rejects.
    private func upstream(_ request: AnthropicRequest, _ key: PassedKey) -> ClientRequest {
        ClientRequest(
            method: .post, url: url, fields: AnthropicRequest.fields,
            secretFields: key.take().map { [SecretField(AnthropicRequest.keyField, $0)] } ?? [], body: request.body,
            limits: limits)
    }

    private static let limits = ClientLimits(
        connectMilliseconds: ProviderLimits.connectMilliseconds,
        firstByteMilliseconds: ProviderLimits.firstByteMilliseconds,
        idleMilliseconds: ProviderLimits.idleMilliseconds, totalMilliseconds: ProviderLimits.totalMilliseconds)
}

extension ProviderRefusal {
    /// The refusal for a request that got no answer.
    init(_ error: HTTPClientError) {
        switch error {
        case .cancelled: self = .cancelled
        // The only field that is not a constant of ours: a key with a line break or the like.
        case .badRequest(.field): self = .keyRejected
        default: self = .unavailable
        }
    }
}
