import HTTPServer
import HTTPTypes
import Identity

/// Which credential a request brings, and whose it is: the one place where every way in meets the HTTP face.
struct RequestAuthentication: Sendable {
    let authenticator: Authenticator
    let signed: SignedRequestAuthentication

    /// Who calls. Throws `APIError` of status 401 for a missing or bad credential, `AuthenticationError.unavailable` if
    /// it cannot be checked now.
    func caller(of request: Request) async throws -> Caller {
        if let caller = try await signed.caller(of: request) { return caller }
        let bound = try BoundToken(request.head)
        let token = try bound?.token ?? RequestAuthentication.token(in: request.fields)
        do throws(AuthenticationError) {
            if let bound { return Caller(try await authenticator.authenticate(bound: token, bound.offer)) }
            return Caller(try await authenticator.authenticate(bearer: token))
        } catch {
            if error == .unavailable { throw error }
            throw TokenRefusal.named(error)
        }
    }

    /// Whether the credential is good as far as the head alone tells, see `Application.Environment.isGenuine`.
    func isGenuine(_ head: RequestHead) -> Bool {
        if let isGenuine = signed.isGenuine(head) { return isGenuine }
        if let bound = try? BoundToken(head) { return authenticator.isGenuine(bound: bound.token, bound.offer) }
        guard let token = try? RequestAuthentication.token(in: head.fields) else { return false }
        return authenticator.isGenuine(bearer: token)
    }

    /// The bearer token, or the API key in a field of its own. With both, nobody says which one counts.
    private static func token(in fields: HTTPFields) throws(APIError) -> String {
        let keys = fields.values(of: apiKeyField)
        guard let key = keys.first else { return try BearerToken.read(from: fields) }
        guard keys.count == 1, fields["Authorization"] == nil else {
            throw APIError(.unauthorized, reason: "two_tokens")
        }
        guard Authenticator.isAPIKey(key) else { throw APIError(TokenRefusal.kind(of: .malformed)) }
        return key
    }

    private static let apiKeyField = "X-Api-Key"
}
