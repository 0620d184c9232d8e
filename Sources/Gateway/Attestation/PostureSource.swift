import Attestation
import AttestationRoutes
import Primitives
import Synchronization

/// The posture as it is now: what was found at the start, and what the device has been like since. Its text is written
/// again only when it changes, because `/health` is asked often.
final class PostureSource: Sendable {
    private let start: SecurityPosture
    private let found: @Sendable () -> Set<SecurityPosture.Degradation>
    private let peers: @Sendable () -> PeersView
    /// `secretReleaseGuard`, now.
    let releaseGuard: @Sendable () -> JSON
    private let last: Mutex<Written>

    private struct Written {
        let found: Set<SecurityPosture.Degradation>
        let peers: JSON?
        let releaseGuard: JSON
        let posture: SecurityPosture
        let bytes: [UInt8]

        init(
            _ start: SecurityPosture, _ found: Set<SecurityPosture.Degradation>, _ peers: JSON?, _ releaseGuard: JSON
        ) {
            self.found = found
            self.peers = peers
            self.releaseGuard = releaseGuard
            posture = start.adding(found)
            bytes = AttestationRoutes.posture(posture, releaseGuard: releaseGuard, crossGatewayTrust: peers).bytes
        }
    }

    init(
        start: SecurityPosture, found: @escaping @Sendable () -> Set<SecurityPosture.Degradation>,
        peers: @escaping @Sendable () -> PeersView, releaseGuard: @escaping @Sendable () -> JSON
    ) {
        self.start = start
        self.found = found
        self.peers = peers
        self.releaseGuard = releaseGuard
        last = Mutex(Written(start, [], nil, .null))
    }

    /// The posture now.
    var posture: SecurityPosture {
        let found = found()
        return last.withLock { $0.found == found ? $0.posture : start.adding(found) }
    }

    /// The posture now, as JSON text.
    var bytes: [UInt8] {
        let (found, peers, guarded) = (found(), AttestationRoutes.crossGatewayTrust(peers()), releaseGuard())
        return last.withLock { last in
            if found != last.found || peers != last.peers || guarded != last.releaseGuard {
                last = Written(start, found, peers, guarded)
            }
            return last.bytes
        }
    }
}
