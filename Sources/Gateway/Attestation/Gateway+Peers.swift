import Attestation
import Identity
import LoginRoutes
import Primitives
import Telemetry

/// The step of a start that looks at other gateways.
extension Gateway {
    static func peers(
        _ configuration: Configuration, _ domains: Domains, _ attestation: AttestationService, roots: TrustedRoots,
        log: Log
    ) throws -> PeerService {
        let own = try policy(configuration.peers.policyFile, of: .peerPolicy)
        let pacing = SteadyPacing()
        return PeerService(
            book: domains.peers,
            judge: PeerJudge(
                verifier: BundleVerifier(Verifier(roots: roots)), fetcher: HTTPPeerFetcher(client: domains.client),
                clock: domains.clock, pacing: pacing, random: domains.random),
            policy: { own ?? attestation.policyOfOwnKind }, pacing: pacing, log: log)
    }
}

extension Domains {
    /// A token for another gateway, if the caller and the peer may have one.
    func peerToken(for principal: Principal, to peer: String) -> LoginRoutes.Delegation {
        // A peer knows an address as its key's, and what a chain's node said here must not reach that.
        guard principal.isLogin, !principal.isContract else { return .needsLogin }
        guard let mayCall = peers.admits(peer) else { return .unknownPeer }
        guard mayCall else { return .notTrusted }
        return .granted(peerTokens.issue(for: principal.address, to: peer, at: clock.now(), random: random))
    }
}
