public import Attestation
import Cryptography
public import HTTPServer
import HTTPTypes
import Primitives

extension AttestationRoutes {
    static let unavailable = APIError.Kind(
        503, "attestation_unavailable",
        "This instance has no attestation hardware that answers. /api/attestation says why.")
    static let busy = APIError.Kind(
        429, "attestation_busy",
        "Too many callers wait for evidence, in all or from your network. Come again in a second.")
    private static let unknownKey = APIError.Kind(
        404, "unknown_key", "No evidence of a key of this name is kept. /.well-known/jwks.json lists the keys.")

    /// `GET /api/attestation/report`
    var report: Endpoint {
        Endpoint(
            .get, "/api/attestation/report", area: AttestationRoutes.area,
            summary: "Evidence that a stranger can check offline.",
            detail:
                "The report of the hardware, the statement it vouches for, AMD's certificates and the session keys. "
                + "With a nonce it proves the time as well: send 16 to 64 random bytes. attestation/README.md says "
                + "how to check it, to the byte; `sealgate verify URL` does.",
            access: .anyone,
            parameters: [
                .init(.query, "nonce", .hex(32...128), "16 to 64 random bytes in hex."),
                .init(.query, "profile", length: 1...32, "sealgate/1 (default) or agent-gateway/1, without nonce."),
                .init(.query, "kid", length: 43...43, "Another key's kept evidence, without nonce."),
            ],
            answer: .json(200, AttestationRoutes.bundleSchema),
            errors: [AttestationRoutes.unavailable, AttestationRoutes.busy, AttestationRoutes.unknownKey]
        ) { [sources] call in
            let question = try AttestationRoutes.question(call)
            if case .kept(let kid) = question {
                return try await AttestationRoutes.kept(kid, sources)
            }
            guard let publisher = sources.publisher else { throw APIError(AttestationRoutes.unavailable) }
            let network = CallerNetwork(of: call.request.peer.address)
            return .json(try await AttestationRoutes.bundle(question, publisher, from: network).json)
        }
    }

    /// `GET /api/attestation/keys/{kid}`
    var archivedKey: Endpoint {
        Endpoint(
            .get, "/api/attestation/keys/{kid}", area: AttestationRoutes.area,
            summary: "The evidence under which a session key was published.",
            detail: "Also of keys that were rotated away, as long as a token of theirs may be good.",
            access: .anyone, answer: .json(200, AttestationRoutes.bundleSchema), errors: [AttestationRoutes.unknownKey]
        ) { [sources] call in try await AttestationRoutes.kept(try call.path("kid"), sources) }
    }

    /// What a caller of `/report` wants.
    private enum Question {
        case boot
        case fresh(CallerNonce)
        case agentGateway
        case kept(kid: String)
    }

    private static func question(_ call: Call) throws(APIError) -> Question {
        let profile = try profile(call.parameter("profile"))
        let nonce = try call.parameter("nonce").map { text throws(APIError) in
            guard let nonce = CallerNonce(hex: text) else {
                throw APIError(
                    .invalidRequest, message: "nonce must be 16 to 64 bytes: an even number of 32 to 128 hex digits.",
                    reason: "nonce")
            }
            return nonce
        }
        let kid = call.parameter("kid")
        switch (profile, nonce, kid) {
        case (.sealgate1, nil, nil): return .boot
        case (.sealgate1, let nonce?, nil): return .fresh(nonce)
        case (.sealgate1, nil, let kid?): return .kept(kid: kid)
        case (.agentGateway1, nil, nil): return .agentGateway
        case (.agentGateway1, _, _):
            throw APIError(
                .invalidRequest, message: "Profile agent-gateway/1 binds no nonce and knows no other keys.",
                reason: "profile")
        case (.sealgate1, _?, _?):
            throw APIError(
                .invalidRequest, message: "Kept evidence cannot be fresh: send either nonce or kid.", reason: "kid")
        }
    }

    private static func profile(_ text: String?) throws(APIError) -> ReportProfile {
        guard let text else { return .sealgate1 }
        guard let profile = ReportProfile(rawValue: text) else {
            throw APIError(
                .invalidRequest, message: "profile must be sealgate/1 or agent-gateway/1.", reason: "profile")
        }
        return profile
    }

    private static func bundle(
        _ question: Question, _ publisher: EvidencePublisher, from network: CallerNetwork
    ) async throws -> EvidenceBundle {
        do throws(PublishingError) {
            switch question {
            case .fresh(let nonce): return try await publisher.evidence(for: nonce, from: network)
            case .agentGateway: return try await publisher.agentGatewayReport(from: network)
            case .boot, .kept:
                guard let bundle = publisher.bootReport else { throw .noKey }
                return bundle
            }
        } catch {
            throw refusal(error)
        }
    }

    /// The public name of a failure; the log has the private one.
    public static func refusal(_ error: PublishingError) -> APIError {
        switch error {
        case .busy: APIError(busy, retryAfterSeconds: 1)
        case .device(let fault): APIError(unavailable, reason: fault.code)
        case .unusableReport: APIError(unavailable, reason: "unusable_report")
        case .noKey: APIError(unavailable, reason: "no_boot_report")
        }
    }

    private static func kept(_ kid: String, _ sources: Sources) async throws -> Response {
        if let boot = sources.publisher?.bootReport, boot.keys.keys.first?.thumbprint == kid {
            return .json(boot.json)
        }
        guard let text = try await sources.archived(kid) else { throw APIError(unknownKey) }
        return Response(200, fields: ["Content-Type": "application/json"], content: .bytes(text))
    }

    static let bundleSchema = Schema.object(
        [
            .required("profile", .choice(ReportProfile.allCases.map(\.rawValue)), "How REPORT_DATA is filled."),
            .required("report", .text(upTo: 1_580), "The report, base64 of 1184 bytes."),
            .required(
                "statement", .nullable(.text(upTo: AttestationStatement.maximumBytes)),
                "The text whose SHA-256 stands in the report. Hash it as it is."),
            .required("nonce", .nullable(.text(upTo: 128)), "Your nonce."),
            .required(
                "inclusion",
                .nullable(
                    .object(
                        [
                            .required("leafIndex", .integer(0...Int64(InclusionPath.maximumTreeSize))),
                            .required("treeSize", .integer(1...Int64(InclusionPath.maximumTreeSize))),
                            .required("path", .list(.text(upTo: 64), maximum: 32)),
                        ], isOpen: false)), "The way from your nonce to the statement's nonceRoot."),
            .required(
                "certificates",
                .object(
                    [
                        .optional("vcek", .text(upTo: 8_192), "PEM of the chip's certificate."),
                        .optional("vlek", .text(upTo: 8_192), "PEM of the cloud's certificate."),
                        .optional("chain", .text(upTo: 16_384), "PEM of the intermediate and the root."),
                        .optional("crl", .text(upTo: 65_536), "AMD's revocation list, base64."),
                    ], isOpen: false)),
            .required("jwks", .object([], isOpen: true), "The session keys, the active one first."),
        ], isOpen: false)
}
