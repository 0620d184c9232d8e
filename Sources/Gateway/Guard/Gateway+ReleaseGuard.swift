import Attestation
import Telemetry
import Vault

extension Gateway {
    /// Opens the vault's guard, now that the instance has looked at itself. The guard must not hold who shows it, the
    /// `PostureSource`: neither would ever be freed.
    static func openGuard(
        _ settings: ReleaseGuardSettings, _ domains: Domains, _ attestation: AttestationService,
        _ start: SecurityPosture, log: Log
    ) {
        domains.release.begin(
            settings.policy(withDevice: attestation.device != nil),
            trust: InstanceTrust(
                isAuthentic: { attestation.isAuthentic }, posture: { start.adding(attestation.degradations) })
        ) { decision in
            log.write(
                "secret_release",
                [
                    ("allowed", .flag(decision.allowed)), ("state", .id(decision.reading.state.rawValue)),
                    ("reason", .id(decision.reading.reasonCode)),
                ])
        }
    }
}
