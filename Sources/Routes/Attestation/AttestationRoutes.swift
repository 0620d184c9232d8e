public import Attestation
public import HTTPServer
import HTTPTypes
public import Primitives

/// The public routes about what protects this instance, and the evidence for it.
public struct AttestationRoutes: Sendable {
    /// What the routes need from the gateway.
    public struct Sources: Sendable {
        /// What protects this instance, now.
        public let posture: @Sendable () -> SecurityPosture
        /// What is known of the build that is running.
        public let build: BuildInfo
        /// Whether AMD's roots vouch for this instance's evidence, now.
        public let isAuthentic: @Sendable () -> Bool
        /// `secretReleaseGuard`, now.
        public let releaseGuard: @Sendable () -> JSON
        /// The provenance that was found, judged; worked out once.
        public let provenance: @Sendable () async -> JSON
        /// Thumbprints of the session keys, the active one first.
        public let thumbprints: @Sendable () -> [String]
        /// Makes evidence; nil on an instance without attestation hardware.
        public let publisher: EvidencePublisher?
        /// The kept evidence of a key, as JSON text; nil if none is kept.
        public let archived: @Sendable (String) async throws -> [UInt8]?
        /// What is thought of other gateways; with true they are looked at first, those that may be by now.
        public let peers: @Sendable (_ refreshes: Bool) async -> PeersView

        /// The gateway's answers.
        public init(
            posture: @escaping @Sendable () -> SecurityPosture, build: BuildInfo,
            isAuthentic: @escaping @Sendable () -> Bool, releaseGuard: @escaping @Sendable () -> JSON,
            provenance: @escaping @Sendable () async -> JSON,
            thumbprints: @escaping @Sendable () -> [String], publisher: EvidencePublisher?,
            archived: @escaping @Sendable (String) async throws -> [UInt8]?,
            peers: @escaping @Sendable (_ refreshes: Bool) async -> PeersView
        ) {
            self.posture = posture
            self.build = build
            self.isAuthentic = isAuthentic
            self.releaseGuard = releaseGuard
            self.provenance = provenance
            self.thumbprints = thumbprints
            self.publisher = publisher
            self.archived = archived
            self.peers = peers
        }
    }

    static let area = "Attestation"
    let sources: Sources

    /// The routes over a gateway.
    public init(_ sources: Sources) {
        self.sources = sources
    }

    /// Every route.
    public var endpoints: [Endpoint] { [summary, security, buildInfo, provenance, report, archivedKey, peers] }

    private var summary: Endpoint {
        Endpoint(
            .get, "/api/attestation", area: AttestationRoutes.area, summary: "What protects this instance, in short.",
            detail: "A statement of the process about itself; the evidence for it is at /api/attestation/report, and "
                + "teeEnabled says whether there is any.",
            access: .anyone, answer: .json(200, AttestationRoutes.summarySchema)
        ) { [sources] _ in
            let (posture, build) = (sources.posture(), sources.build)
            return .json([
                "mode": .string(posture.mode.rawValue), "teeEnabled": .bool(posture.hasHardwareAttestation),
                "platform": .string(posture.platform.rawValue), "codeHash": .string(build.codeHash.hex),
                "publishedHash": build.gitCommit == nil ? .null : .string(build.codeHash.hex),
                "verified": .bool(build.gitCommit != nil && sources.isAuthentic()),
                "degraded": .bool(posture.isDegraded), "degradedReasons": AttestationRoutes.reasons(posture),
                "sessionKeyThumbprints": .array(sources.thumbprints().map { .string($0) }),
            ])
        }
    }

    private var security: Endpoint {
        Endpoint(
            .get, "/api/attestation/security", area: AttestationRoutes.area,
            summary: "Where each key comes from, and every way in which this instance is less safe than its design.",
            access: .anyone, answer: .json(200, AttestationRoutes.postureSchema)
        ) { [sources] _ in
            .json(
                AttestationRoutes.posture(
                    sources.posture(), releaseGuard: sources.releaseGuard(),
                    crossGatewayTrust: AttestationRoutes.crossGatewayTrust(await sources.peers(false))))
        }
    }

    /// The reasons as `[{code, message}]`, the same here and at `/health`.
    public static func reasons(_ posture: SecurityPosture) -> JSON {
        .array(
            posture.degradations.map { ["code": .string($0.rawValue), "message": .string($0.explanation)] })
    }

    /// The shape of `reasons`.
    public static let reasonsSchema = Schema.list(
        .object([.required("code", .text(upTo: 64)), .required("message", .text(upTo: 300))], isOpen: false),
        maximum: 20)

    /// `securityPosture` as `/health` shows it. `crossGatewayTrust` is nil without peers.
    public static func posture(_ posture: SecurityPosture, releaseGuard: JSON, crossGatewayTrust: JSON?) -> JSON {
        var members: [JSON.Member] = [
            .init("mode", .string(posture.mode.rawValue)), .init("degraded", .bool(posture.isDegraded)),
            .init("degradedReasons", reasons(posture)),
            .init(
                "keySources",
                .object(posture.keySources.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.rawValue)) })
            ),
            .init(
                "attestationAvailability",
                [
                    "teeEnabled": .bool(posture.hasHardwareAttestation),
                    "platform": .string(posture.platform.rawValue),
                ]),
            .init("secretReleaseGuard", releaseGuard),
        ]
        if let crossGatewayTrust { members.append(.init("crossGatewayTrust", crossGatewayTrust)) }
        return .object(members)
    }

    /// The shape of `posture`.
    public static let postureSchema = Schema.object(
        [
            .required("mode", modeSchema),
            .required("degraded", .boolean, "Whether anything is less than it should be."),
            .required("degradedReasons", reasonsSchema, "Every reason."),
            .required("keySources", .object([], isOpen: true), "Where each key comes from."),
            .required(
                "attestationAvailability",
                .object([.required("teeEnabled", .boolean), .required("platform", platformSchema)], isOpen: false)),
            .required(
                "secretReleaseGuard", releaseGuardSchema,
                "What stands before every opening of a stored secret, beside the wallet's signature."),
            .optional("crossGatewayTrust", crossGatewayTrustSchema, "What is thought of this gateway's peers."),
        ], isOpen: false)

    private static let modeSchema = Schema.choice(SecurityPosture.Mode.allCases.map(\.rawValue))
    private static let platformSchema = Schema.choice(SecurityPosture.Platform.allCases.map(\.rawValue))

    private static let summarySchema = Schema.object(
        [
            .required("mode", modeSchema, "What kind of instance this is."),
            .required("teeEnabled", .boolean, "Whether confidential-computing hardware stands behind it."),
            .required("platform", platformSchema, "The hardware."),
            .required("codeHash", .text(upTo: 64), "SHA-256 of the running program, hex."),
            .required(
                "publishedHash", .nullable(.text(upTo: 64)), "The hash that the provenance names, if it names this one."
            ),
            .required(
                "verified", .boolean, "Whether the provenance names codeHash and AMD's roots vouch for the evidence."),
            .required("degraded", .boolean, "Whether anything is less than it should be."),
            .required("degradedReasons", reasonsSchema, "Every reason."),
            .required(
                "sessionKeyThumbprints", .list(.text(upTo: 64), maximum: 256),
                "RFC 7638 thumbprints of the keys that sign sessions; see /.well-known/jwks.json."),
        ], isOpen: false)
}
