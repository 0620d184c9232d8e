import Attestation
import Cryptography
import DeviceSimulation
import HTTPTypes
import Primitives
import Testing

/// A gateway on a simulated SEV-SNP guest, and a stranger who believes the simulator's root.
struct AttestedGateway: Sendable {
    let gateway: TestGateway
    let machine: SimulatedMachine
    let roots: TrustedRoots

    static func roots(of machine: SimulatedMachine) throws -> TrustedRoots {
        let root = try Scratch.read(machine.rootPath)
        return TrustedRoots(pinnedSHA256: [SHA256.hash(root)], certificates: [root])
    }

    /// Settings that lead to the machine's device, and to nobody else.
    static func settings(_ machine: SimulatedMachine) -> [String: String] {
        [
            "SEALGATE_SEV_DEVICE": "sev-guest", "SEALGATE_SEV_GUEST_PATH": machine.sevGuestPath,
            "SEALGATE_KDS_URL": "off", "SEALGATE_MEASUREMENT_COVERS": "image",
        ]
    }

    /// Evidence as served at `path`, with the strictest look at its form.
    func bundle(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> EvidenceBundle {
        try EvidenceBundle(try await gateway.send(.get, path, sourceLocation: sourceLocation).good().body)
    }

    /// What a stranger says who demands the measurement of the machine.
    func judge(
        _ bundle: EvidenceBundle, nonce: CallerNonce? = nil, _ change: (inout EvidencePolicy) -> Void = { _ in }
    ) async throws -> Verdict {
        let report = try Report(bundle.evidence.report)
        var policy = EvidencePolicy(measurements: [report.measurement])
        policy.revocation = .ifPresent
        policy.requiresNonce = nonce != nil
        change(&policy)
        var expected = BundleExpectations()
        expected.nonce = nonce
        expected.gateway = TestGateway.origin
        expected.keys = try TokenKeySet(
            jwks: JSON(parsing: try await gateway.send(.get, "/.well-known/jwks.json").good().body))
        return BundleVerifier(Verifier(roots: roots)).judge(
            bundle, by: policy, expecting: expected, at: SystemClock().now())
    }
}

/// Runs `body` against a gateway on a simulated machine; with the folder of an earlier one it is that one, started
/// again.
@discardableResult
func withAttestedGateway<R>(
    on machine: SimulatedMachine, in folder: TemporaryFolder? = nil, clock: some WallClock = SystemClock(),
    settings: [String: String] = [:], believing roots: TrustedRoots? = nil,
    _ body: (AttestedGateway) async throws -> R
) async throws -> R {
    let own = try AttestedGateway.roots(of: machine)
    return try await withGateway(
        in: folder, clock: clock, settings: AttestedGateway.settings(machine).merging(settings) { $1 },
        roots: roots ?? own
    ) { gateway in
        try await body(AttestedGateway(gateway: gateway, machine: machine, roots: own))
    }
}
