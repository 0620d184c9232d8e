import Attestation
import AttestationRoutes
import HTTPServer
import Primitives

/// `securityPosture` as `/health` shows it.
enum PostureJSON {
    static func make(_ posture: SecurityPosture) -> JSON {
        [
            "mode": .string(posture.mode.rawValue), "degraded": .bool(posture.isDegraded),
            "degradedReasons": AttestationRoutes.reasons(posture),
            "keySources": .object(
                posture.keySources.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.rawValue)) }),
            "attestationAvailability": ["teeEnabled": .bool(posture.hasHardwareAttestation)],
        ]
    }

    static let schema = Schema.object(
        [
            .required("mode", .choice(["development"])),
            .required("degraded", .boolean, "Whether anything is less than it should be."),
            .required("degradedReasons", AttestationRoutes.reasonsSchema, "Every reason."),
            .required("keySources", .object([], isOpen: true), "Where each key comes from."),
            .required(
                "attestationAvailability", .object([.required("teeEnabled", .boolean)], isOpen: false)),
        ], isOpen: false)
}
