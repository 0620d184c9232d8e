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
    private let last: Mutex<Written>

    private struct Written {
        let found: Set<SecurityPosture.Degradation>
        let peers: JSON?
        let posture: SecurityPosture
        let bytes: [UInt8]

        init(_ start: SecurityPosture, _ found: Set<SecurityPosture.Degradation>, _ peers: JSON?) {
            self.found = found
            self.peers = peers
            posture = start.adding(found)
            bytes = AttestationRoutes.posture(posture, crossGatewayTrust: peers).bytes
        }
    }

    init(
        start: SecurityPosture, found: @escaping @Sendable () -> Set<SecurityPosture.Degradation>,
        peers: @escaping @Sendable () -> PeersView
    ) {
        self.start = start
        self.found = found
        self.peers = peers
        last = Mutex(Written(start, [], nil))
    }

    /// The posture now.
    var posture: SecurityPosture { current().posture }
    /// The posture now, as JSON text.
    var bytes: [UInt8] { current().bytes }

    private func current() -> (posture: SecurityPosture, bytes: [UInt8]) {
        let (found, peers) = (found(), AttestationRoutes.crossGatewayTrust(peers()))
        return last.withLock { last in
            if found != last.found || peers != last.peers { last = Written(start, found, peers) }
            return (last.posture, last.bytes)
        }
    }
}
