import Attestation
public import HTTPServer
import HTTPTypes
public import Primitives

/// The giver's two routes of a hand-over. They are public: what protects the root is the evidence, not who asks.
public struct HandoverRoutes: Sendable {
    /// What the routes need from the gateway. Both throw `APIError`.
    public struct Giver: Sendable {
        let offer: @Sendable (_ caller: IPAddress) async throws -> JSON
        let answer: @Sendable (JSON) async throws -> JSON

        /// The gateway's answers.
        public init(
            offer: @escaping @Sendable (_ caller: IPAddress) async throws -> JSON,
            answer: @escaping @Sendable (_ request: JSON) async throws -> JSON
        ) {
            self.offer = offer
            self.answer = answer
        }
    }

    private static let notOffered = APIError.Kind(
        404, "handover_not_offered",
        "This instance hands its root to nobody. Its operator opens a hand-over with a release list and its key.")
    private static let refused = APIError.Kind(
        403, "handover_refused", "The root is not handed over to this instance. `codes` says everything against it.")
    private static let busyKind = APIError.Kind(
        429, "handover_busy", "Another hand-over is under way, or your network has begun too many. Come again later.")

    /// A refusal with its codes.
    public static func refusal(_ codes: [String]) -> APIError {
        APIError(
            refused, details: [.init("codes", .array(codes.map { .string($0) }))],
            reason: codes.joined(separator: ","))
    }

    /// All places are taken.
    public static func busy(afterSeconds seconds: Int) -> APIError {
        APIError(busyKind, retryAfterSeconds: seconds)
    }

    /// There is no evidence to answer with.
    public static func unavailable(_ reason: String) -> APIError {
        APIError(AttestationRoutes.unavailable, reason: reason)
    }

    /// The body is no request.
    public static let malformed = APIError(
        .invalidRequest, message: "The body is no request for a hand-over.", reason: "handover_request")

    private let giver: Giver?

    /// The routes; without a giver both answer that nothing is offered.
    public init(_ giver: Giver?) {
        self.giver = giver
    }

    /// Both routes.
    public var endpoints: [Endpoint] { [offer, answer] }

    private var offer: Endpoint {
        Endpoint(
            .post, "/api/attestation/handover/offer", area: AttestationRoutes.area,
            summary: "Begins a hand-over of the root to another instance.",
            detail: "The offer is good for one request within a minute. attestation/README.md says what follows, to "
                + "the byte; `sealgate handover` does it.",
            access: .anyone, answer: .json(200, HandoverRoutes.offerSchema),
            errors: [HandoverRoutes.notOffered, HandoverRoutes.busyKind, AttestationRoutes.unavailable]
        ) { [giver] call in
            guard let giver else { throw APIError(HandoverRoutes.notOffered) }
            return .json(try await giver.offer(call.request.peer.address))
        }
    }

    private var answer: Endpoint {
        Endpoint(
            .post, "/api/attestation/handover", area: AttestationRoutes.area,
            summary: "Evidence for the root, sealed to the key that the evidence is over.",
            detail: "Only for a measurement on the release list, on the same product, at no lower TCB. Every attempt "
                + "is logged.",
            access: .anyone, input: HandoverRoutes.requestSchema, answer: .json(200, HandoverRoutes.answerSchema),
            errors: [
                HandoverRoutes.notOffered, HandoverRoutes.refused, HandoverRoutes.busyKind,
                AttestationRoutes.unavailable, AttestationRoutes.busy,
            ], bodyLimit: HandoverRequest.maximumBytes
        ) { [giver] call in
            guard let giver else { throw APIError(HandoverRoutes.notOffered) }
            return .json(try await giver.answer(call.body))
        }
    }

    private static func hex(_ bytes: Int) -> Schema { .format(.hex(2 * bytes...2 * bytes)) }

    private static let offerSchema = Schema.object(
        [
            .required("type", .choice([HandoverOffer.type])),
            .required("session", hex(HandoverOffer.sessionBytes), "Names the session."),
            .required("nonce", hex(HandoverOffer.hashBytes), "The giver's nonce."),
            .required("gateway", .text(upTo: 512), "The giver's public origin."),
            .required("rootCommitment", .nullable(hex(HandoverOffer.hashBytes)), "What the root is held against."),
            .required("recoverySet", .nullable(hex(RecoveryShare.setIDBytes)), "The set the root was split into."),
        ], isOpen: false)

    private static let evidence: [Schema.Property] = [
        .required("report", .text(upTo: 1_580), "The report, base64 of 1184 bytes."),
        .required(
            "endorsements",
            .object(
                ["vek", "intermediate", "root", "crl"].map { .required($0, .nullable(.text(upTo: 10_924))) },
                isOpen: false), "AMD's certificates and revocation list, base64 of DER."),
    ]

    private static let requestSchema = Schema.object(
        [
            .required("type", .choice([HandoverRequest.type])),
            .required("session", hex(HandoverOffer.sessionBytes), "From the offer."),
            .required("offerNonce", hex(HandoverOffer.hashBytes), "From the offer."),
            .required("nonce", hex(HandoverOffer.hashBytes), "The receiver's nonce."),
            .required("publicKey", hex(32), "The receiver's X25519 key, made for this alone."),
        ] + evidence, isOpen: false)

    private static let answerSchema = Schema.object(
        [
            .required("type", .choice([HandoverAnswer.type])),
            .required("session", hex(HandoverOffer.sessionBytes), "From the offer."),
            .required("encapsulated", hex(32), "HPKE's `enc`."),
            .required("ciphertext", .text(upTo: 700), "The sealed root, base64."),
        ] + evidence, isOpen: false)
}
