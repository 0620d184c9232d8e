public import Vault

/// The settings of the vault's guard, understood.
public struct ReleaseGuardSettings: Sendable, Hashable {
    /// What follows from a bad state; nil where that depends on the hardware.
    public let mode: ReleasePolicy.Mode?
    /// Whether a degraded state shuts the vault as well.
    public let failsClosedOnDegraded: Bool

    init(_ reader: SettingReader) throws(ConfigurationError) {
        mode = try reader.optionalText(.releaseGuard).map { text throws(ConfigurationError) in
            guard let mode = ReleasePolicy.Mode(rawValue: text) else {
                throw ConfigurationError(Setting.releaseGuard.name, "write permissive, audit or enforced.")
            }
            return mode
        }
        switch reader.text(.releaseGuardDegraded) {
        case "open": failsClosedOnDegraded = false
        case "closed": failsClosedOnDegraded = true
        default: throw ConfigurationError(Setting.releaseGuardDegraded.name, "write open or closed.")
        }
        guard !failsClosedOnDegraded || mode == .enforced else {
            throw ConfigurationError(
                Setting.releaseGuardDegraded.name,
                "`closed` means something with \(Setting.releaseGuard.name)=enforced only.")
        }
    }

    /// The policy on a machine with or without attestation hardware.
    func policy(withDevice: Bool) -> ReleasePolicy {
        ReleasePolicy(mode ?? (withDevice ? .audit : .permissive), failsClosedOnDegraded: failsClosedOnDegraded)
    }
}
