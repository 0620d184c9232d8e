import Cryptography
import HTTPServer
import HTTPTypes
import Identity
import Primitives

/// The way in for requests that a wallet signed one by one.
struct SignedRequestAuthentication: Sendable {
    /// What a signed request cannot do: an open vault hangs on a session, and there is none.
    private static let needsSession = "vault:unlock"

    let requests: SignedRequests

    /// Who signed the request; nil if nobody did, so that other credentials count. With one beside it, a signature for
    /// this use is the one that counts, good or bad.
    func caller(of request: Request) async throws -> Caller? {
        let message = message(request.head, hasContent: request.body.count > 0)
        guard requests.isSigned(message, hasOther: SignedRequestAuthentication.hasOther(request.fields)) else {
            return nil
        }
        do throws(RequestSignatureError) {
            let principal = try await requests.principal(of: message) {
                request.body.withBytes { SHA256.hash($0) }
            }
            let caller = Caller(principal)
            return Caller(
                walletID: caller.walletID, address: caller.address, sessionID: caller.sessionID,
                expiresAt: caller.expiresAt
            ) { $0 != SignedRequestAuthentication.needsSession && caller.allows($0) }
        } catch {
            throw SignedRequestRefusal.named(error, of: message, requests)
        }
    }

    /// Whether the signature is good as far as the head alone tells; nil if there is none.
    func isGenuine(_ head: RequestHead) -> Bool? {
        let message = message(head, hasContent: head.contentLength != 0)
        guard requests.isSigned(message, hasOther: SignedRequestAuthentication.hasOther(head.fields)) else {
            return nil
        }
        return requests.isGenuine(message)
    }

    private func message(_ head: RequestHead, hasContent: Bool) -> SignedMessage {
        SignedMessage(
            method: head.method.rawValue, origin: requests.origin, path: head.path, query: head.query,
            hasContent: hasContent
        ) { head.fields.values(of: $0) }
    }

    private static func hasOther(_ fields: HTTPFields) -> Bool {
        fields["Authorization"] != nil || fields["X-Api-Key"] != nil
    }
}
