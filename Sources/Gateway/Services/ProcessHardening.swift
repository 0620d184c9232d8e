import Attestation
import CLinux
import Cryptography

/// What the process does for its own safety before it holds a secret.
enum ProcessHardening {
    /// Forbids core dumps, locks secret memory, and lifts the limit of open files. What could not be done without
    /// stopping the start is returned as reasons for the posture; memory that cannot be locked stops it.
    static func apply(secretSlots: Int) throws(GatewayStartError) -> Set<SecurityPosture.Degradation> {
        var found: Set<SecurityPosture.Degradation> = []
        if linux_forbid_core_dumps() != 0 { found.insert(.coreDumpsPossible) }
        _ = linux_raise_open_files()
        do throws(SecretArenaError) {
            try SecretArena.prepare(slots: secretSlots)
        } catch {
            throw GatewayStartError(
                "\(secretSlots) secrets cannot be locked in memory (\(error)). Raise RLIMIT_MEMLOCK "
                    + "(`ulimit -l unlimited`, LimitMEMLOCK= in systemd) or lower \(Setting.secretSlots.name).")
        }
        return found
    }
}
