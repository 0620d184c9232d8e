import HTTPServer
import HTTPTypes
import Identity
import Primitives

extension LoginRoutes {
    /// `GET /.well-known/erc8128`; there is none where signed requests are not taken.
    var signedRequestPolicy: [Endpoint] {
        guard !signedRequests.revisions.isEmpty else { return [] }
        let route: Schema = .object(
            [
                .required("replay", .choice(["non-replayable"]), "Every signature needs a nonce of its own."),
                .required("content_digest", .choice(["request-body"]), "A body needs its digest."),
            ], isOpen: false)
        let endpoint = Endpoint(
            .get, "/.well-known/erc8128", area: LoginRoutes.area,
            summary: "What requests that a wallet signs one by one have to look like (ERC-8128).",
            detail:
                "Every route that takes a token takes a signed request as well: RFC 9421 fields Signature-Input and "
                + "Signature over scheme, authority, method, path, query, and digest and type of the body, signed with "
                + "EIP-191. With a token beside it the signature counts.",
            access: .anyone,
            answer: .json(
                200,
                .object(
                    [
                        .required("max_validity_sec", .integer(1...3_600), "The most between created and expires."),
                        .required("chains", .list(.text(upTo: 64), maximum: 64), "CAIP-2 ids of the chains served."),
                        .required(
                            "account_verification", .choice(["eoa-only", "universal"]), "Whether contracts are asked."),
                        .required("route_policies", .object([.required("default", route)], isOpen: false)),
                    ], isOpen: false))
        ) { [signedRequests] _ in
            .json(signedRequests.discovery, fields: ["Cache-Control": "public, max-age=300"])
        }
        return [endpoint]
    }
}
