import Cryptography
import Primitives

@testable import Identity

/// A client that holds a key and proves it, rightly or not.
struct ProofMaker: Sendable {
    let key = ES256PrivateKey.generate()

    var thumbprint: String { key.publicKey.thumbprint }

    /// A proof's header and claims, to be changed before it is signed.
    struct Draft: Sendable {
        var header: [String: JSON]
        var claims: [String: JSON]
    }

    func draft(
        _ method: String = "GET", _ path: String = "/wallet/balance", token: String? = nil, id: String = "p-1",
        at now: Timestamp = Gate.start
    ) -> Draft {
        var draft = Draft(
            header: [
                "typ": "dpop+jwt", "alg": "ES256",
                "jwk": .object(
                    (key.publicKey.jwk.members ?? []).filter { ["kty", "crv", "x", "y"].contains($0.name) }),
            ],
            claims: [
                "jti": .string(id), "htm": .string(method), "htu": .string(Gate.origin + path),
                "iat": .integer(now.unixSeconds),
            ])
        if let token { draft.claims["ath"] = .string(Base64.encodeURL(SHA256.hash(Array(token.utf8)))) }
        return draft
    }

    func sign(_ draft: Draft, with other: ES256PrivateKey? = nil) -> String {
        func encode(_ members: [String: JSON]) -> String {
            Base64.encodeURL(JSON.object(members.map { JSON.Member($0.key, $0.value) }).canonicalBytes)
        }
        let signed = encode(draft.header) + "." + encode(draft.claims)
        return signed + "." + Base64.encodeURL((other ?? key).sign(Array(signed.utf8)))
    }

    /// A good proof for a request.
    func offer(
        _ method: String = "GET", _ path: String = "/wallet/balance", token: String? = nil, id: String = "p-1",
        at now: Timestamp = Gate.start
    ) -> ProofOffer {
        ProofOffer(sign(draft(method, path, token: token, id: id, at: now)), method: method, path: path)
    }
}
