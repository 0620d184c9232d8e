import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    var sealingKey: Endpoint {
        Endpoint(
            .get, "/wallet/provider-vault/sealing-key", area: WalletRoutes.vaultArea,
            summary: "The key to seal secrets to, so that nothing before this instance reads them.",
            detail: "Believe this answer only if the statement at /api/attestation/report names the same key as "
                + "`hpkeKey`, and its evidence is good.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("publicKey", .text(upTo: 43), "X25519, base64url."),
                        .required("recipient", .text(upTo: 43), "Its RFC 7638 thumbprint."),
                        .required("session", .text(upTo: 200), "What ties a seal to this session."),
                    ], isOpen: false))
        ) { [sealed] call in
            let caller = try VaultRefusal.vaultCaller(call)
            guard case .object(let members) = sealed.own else { throw APIError(.internalError, reason: "sealing_key") }
            return .json(.object(members + [.init("session", .string(caller.grant))]))
        }
    }
}
