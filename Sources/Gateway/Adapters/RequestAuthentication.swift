import HTTPServer
import Identity

/// Which credential a request brings, and whose it is: the one place where every way in meets the HTTP face.
struct RequestAuthentication: Sendable {
    let authenticator: Authenticator

    /// Who calls. Throws `APIError` of status 401 for a missing or bad credential, `AuthenticationError.unavailable` if
    /// it cannot be checked now.
    func caller(of request: Request) async throws -> Caller {
        let token = try BearerToken.read(from: request.fields)
        do throws(AuthenticationError) {
            return Caller(try await authenticator.authenticate(bearer: token))
        } catch {
            if error == .unavailable { throw error }
            throw APIError(TokenRefusal.kind(of: error))
        }
    }

    /// Whether the credential is good as far as the head alone tells, see `Application.Environment.isGenuine`.
    func isGenuine(_ head: RequestHead) -> Bool {
        guard let token = try? BearerToken.read(from: head.fields) else { return false }
        return authenticator.isGenuine(bearer: token)
    }
}
