import HTTPServer
import HTTPTypes
public import Identity
import Primitives

extension LoginRoutes {
    /// What came of asking for a token for another gateway.
    public enum Delegation: Sendable {
        /// The token.
        case granted(PeerTokens.Grant)
        /// The caller came with another token than that of a login with a key.
        case needsLogin
        /// No peer has this origin.
        case unknownPeer
        /// The peer's evidence does not stand now.
        case notTrusted
    }

    private static let needsLogin = APIError.Kind(
        403, "login_required", "Only a login with a wallet's own key can act through another gateway.")
    private static let unknownPeer = APIError.Kind(
        404, "unknown_peer", "This gateway has no such peer. /api/attestation/peers lists them.")
    private static let notTrusted = APIError.Kind(
        409, "peer_not_trusted", "The peer's evidence does not stand now. /api/attestation/peers says why.")

    /// `POST /api/auth/peer-token`
    var peerToken: Endpoint {
        Endpoint(
            .post, "/api/auth/peer-token", area: LoginRoutes.area,
            summary: "A short-lived token that lets this wallet's agent act at another gateway.",
            detail:
                "An ES256 JWT of type peer+jwt for that gateway alone, good for five minutes. The other gateway takes "
                + "it as long as it trusts this one's evidence, and grants reading and chatting: no vault, no "
                + "withdrawal, no renewal.",
            access: .wallet(permission: "peers:delegate"),
            input: .object(
                [.required("peer", .text(length: 1...512, format: nil), "The other gateway's origin.")], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("token", .text(upTo: 8_192), "Send it to the peer as Authorization: Bearer."),
                        .required("peer", .text(upTo: 512), "Whom it is for."),
                        .required("walletAddress", .format(.address), "The wallet, lower case."),
                        .required("expiresAt", .text(upTo: 40), "ISO 8601."),
                    ], isOpen: false)),
            errors: [LoginRoutes.needsLogin, LoginRoutes.unknownPeer, LoginRoutes.notTrusted]
        ) { [delegate] call in
            let (caller, peer) = (try call.caller(), try call.text("peer"))
            switch try delegate(caller, peer) {
            case .needsLogin: throw APIError(LoginRoutes.needsLogin)
            case .unknownPeer: throw APIError(LoginRoutes.unknownPeer)
            case .notTrusted: throw APIError(LoginRoutes.notTrusted)
            case .granted(let grant):
                return .json([
                    "token": .string(grant.token), "peer": .string(peer), "walletAddress": .string(caller.address),
                    "expiresAt": .string(grant.expiresAt.iso8601),
                ])
            }
        }
    }
}
