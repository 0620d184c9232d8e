public import Attestation
public import HTTPServer
import HTTPTypes
public import Primitives

/// The public routes about what protects this instance.
public enum AttestationRoutes {
    /// `GET /api/attestation`
    public static func endpoints(posture: SecurityPosture, codeHash: CodeHash, jwksThumbprints: [String]) -> [Endpoint]
    {
        let answer = summary(posture: posture, codeHash: codeHash, thumbprints: jwksThumbprints)
        return [
            Endpoint(
                .get, "/api/attestation", area: "Attestation", summary: "What protects this instance, in short.",
                detail: "A statement of the process about itself. Only a hardware report can prove it, and "
                    + "teeEnabled says whether one exists.",
                access: .anyone, answer: .json(200, schema)
            ) { _ in .json(answer) }
        ]
    }

    private static func summary(posture: SecurityPosture, codeHash: CodeHash, thumbprints: [String]) -> JSON {
        [
            "mode": .string(posture.mode.rawValue), "teeEnabled": .bool(posture.hasHardwareAttestation),
            "platform": "none", "codeHash": .string(codeHash.hex), "publishedHash": nil, "verified": false,
            "degraded": .bool(posture.isDegraded), "degradedReasons": reasons(posture),
            "sessionKeyThumbprints": .array(thumbprints.map { .string($0) }),
        ]
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

    private static let schema = Schema.object(
        [
            .required("mode", .choice(["development"]), "What kind of instance this is."),
            .required("teeEnabled", .boolean, "Whether confidential-computing hardware stands behind it."),
            .required("platform", .choice(["none"]), "The hardware."),
            .required("codeHash", .text(upTo: 64), "SHA-256 of the running program, hex."),
            .required("publishedHash", .nullable(.text(upTo: 64)), "The hash its publisher stated, if known."),
            .required("verified", .boolean, "Whether codeHash is proved by hardware to equal publishedHash."),
            .required("degraded", .boolean, "Whether anything is less than it should be."),
            .required("degradedReasons", reasonsSchema, "Every reason."),
            .required(
                "sessionKeyThumbprints", .list(.text(upTo: 64), maximum: 16),
                "RFC 7638 thumbprints of the keys that sign sessions; see /.well-known/jwks.json."),
        ], isOpen: false)
}
