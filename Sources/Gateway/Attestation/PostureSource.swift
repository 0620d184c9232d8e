import Attestation
import AttestationRoutes
import Primitives
import Synchronization

/// The posture as it is now: what was found at the start, and what the device has been like since. Its text is written
/// again only when it changes, because `/health` is asked often.
final class PostureSource: Sendable {
    private let start: SecurityPosture
    private let found: @Sendable () -> Set<SecurityPosture.Degradation>
    private let last: Mutex<(found: Set<SecurityPosture.Degradation>, posture: SecurityPosture, bytes: [UInt8])>

    init(start: SecurityPosture, found: @escaping @Sendable () -> Set<SecurityPosture.Degradation>) {
        self.start = start
        self.found = found
        last = Mutex((found: [], posture: start, bytes: AttestationRoutes.posture(start).bytes))
    }

    /// The posture now.
    var posture: SecurityPosture { current().posture }
    /// The posture now, as JSON text.
    var bytes: [UInt8] { current().bytes }

    private func current() -> (posture: SecurityPosture, bytes: [UInt8]) {
        let found = found()
        return last.withLock { last in
            if found != last.found {
                let posture = start.adding(found)
                last = (found: found, posture: posture, bytes: AttestationRoutes.posture(posture).bytes)
            }
            return (last.posture, last.bytes)
        }
    }
}
