import Attestation
import Vault

/// What this instance's own evidence and posture say to the vault's guard.
struct InstanceTrust: TrustSource {
    let isAuthentic: @Sendable () -> Bool
    let posture: @Sendable () -> SecurityPosture

    func reading() -> TrustReading {
        let posture = posture()
        let missing = InstanceTrust.withoutEvidence.first(where: posture.degradations.contains)
        // A report that was good once says nothing of an instance whose device answers no more.
        guard isAuthentic(), missing == nil else {
            return InstanceTrust.reading(.unavailable, missing ?? .evidenceNotAuthentic)
        }
        guard let reason = posture.degradations.first else {
            return TrustReading(.trusted, reasonCode: "trusted", detail: "AMD's roots vouch for this instance.")
        }
        return InstanceTrust.reading(.degraded, reason)
    }

    /// Why there may be no evidence, the plainest first.
    private static let withoutEvidence: [SecurityPosture.Degradation] = [
        .noHardwareAttestation, .attestationKeyWiped, .attestationFailing, .evidenceNotAuthentic,
    ]

    private static func reading(_ state: TrustState, _ reason: SecurityPosture.Degradation) -> TrustReading {
        TrustReading(state, reasonCode: reason.rawValue, detail: reason.explanation)
    }
}
