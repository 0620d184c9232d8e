import Attestation
import HTTPServer
import HTTPTypes
public import Primitives

extension AttestationRoutes {
    /// `GET /api/attestation/peers`
    var peers: Endpoint {
        Endpoint(
            .get, "/api/attestation/peers", area: AttestationRoutes.area,
            summary: "What this gateway thinks of other gateways, and why.",
            detail: "Each configured peer is asked for evidence over a fresh nonce and for its keys, on a schedule and "
                + "with refresh=1. A judgement is not repeated within five seconds: judgedAt says how old it is.",
            access: .anyone,
            parameters: [.init(.query, "refresh", .one, "1 looks at the peers first, those that may be by now.")],
            answer: .json(200, AttestationRoutes.peersSchema)
        ) { [sources] call in
            let view = await sources.peers(call.parameter("refresh") != nil)
            return .json([
                "strict": .bool(view.isStrict), "peers": .array(view.peers.map(AttestationRoutes.peer)),
            ])
        }
    }

    private static func peer(_ trust: PeerTrust) -> JSON {
        [
            "origin": .string(trust.origin), "state": .string(trust.state.rawValue),
            "judgedAt": trust.judgedAt.map { .string($0.iso8601) } ?? .null,
            "reasons": .array(
                trust.reasons.map { ["code": .string($0.code), "message": .string($0.message)] }),
            "notChecked": .array(
                trust.notChecked.map { ["code": .string($0.code), "message": .string($0.message)] }),
            "attestedJwksHashTrunc16": trust.attestedKeyPrefix.map { .string($0) } ?? .null,
        ]
    }

    /// `crossGatewayTrust` of `/health`; nil without peers.
    public static func crossGatewayTrust(_ view: PeersView) -> JSON? {
        guard !view.peers.isEmpty else { return nil }
        return [
            "state": .string(view.state.rawValue), "strict": .bool(view.isStrict),
            "peers": .array(
                view.peers.map { trust in
                    [
                        "state": .string(trust.state.rawValue),
                        "attestationUrl": .string(trust.origin + "/api/attestation/report"),
                        "attestedJwksHashTrunc16": trust.attestedKeyPrefix.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }

    private static let stateSchema = Schema.choice(PeerState.allCases.map(\.rawValue))
    private static let keyPrefixSchema = Schema.nullable(.text(upTo: 32))

    private static let peersSchema = Schema.object(
        [
            .required("strict", .boolean, "Whether a peer that is not trusted is neither called nor believed."),
            .required(
                "peers",
                .list(
                    .object(
                        [
                            .required("origin", .text(upTo: 512)), .required("state", stateSchema),
                            .required(
                                "judgedAt", .nullable(.text(upTo: 40)),
                                "When the evidence was asked for; null before the first time."),
                            .required(
                                "reasons", reasonsSchema, "What speaks against it: the checks that stand in the way."),
                            .required(
                                "notChecked", reasonsSchema,
                                "What the judgement has not looked at, and why: tls_key, if nothing binds one."),
                            .required(
                                "attestedJwksHashTrunc16", keyPrefixSchema,
                                "First 16 bytes of the thumbprint of the key that its evidence names, hex."),
                        ], isOpen: false), maximum: 32)),
        ], isOpen: false)

    static let crossGatewayTrustSchema = Schema.object(
        [
            .required("state", stateSchema, "The worst of the states below."), .required("strict", .boolean),
            .required(
                "peers",
                .list(
                    .object(
                        [
                            .required("state", stateSchema), .required("attestationUrl", .text(upTo: 600)),
                            .required("attestedJwksHashTrunc16", keyPrefixSchema),
                        ], isOpen: false), maximum: 32)),
        ], isOpen: false)
}
