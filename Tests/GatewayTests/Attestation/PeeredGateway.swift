import Attestation
import Cryptography
import DeviceSimulation
import HTTPTypes
import Primitives
import Testing

/// A gateway among two, and the front that the other one knows it by.
struct PeeredGateway: Sendable {
    let gateway: TestGateway
    let front: Front

    /// Settings of a gateway behind the front `own` with one peer, behind `other`.
    static func settings(
        _ machine: SimulatedMachine?, _ own: Front, _ other: Front, _ more: [String: String] = [:]
    ) -> [String: String] {
        [
            "SEALGATE_PEER_SECONDS": "1", "SEALGATE_PUBLIC_ORIGIN": own.origin, "SEALGATE_PEERS": other.origin,
        ].merging(machine.map { AttestedGateway.settings($0) } ?? ["SEALGATE_SEV_DEVICE": "none"]) { $1 }
            .merging(more) { $1 }
    }

    /// What this gateway thinks of its peer now.
    func peer() async throws -> JSON {
        let answer = try await gateway.send(.get, "/api/attestation/peers").good()
        return try #require(answer["peers"].array?.first)
    }

    /// Has the peer looked at until it is in `state`, for as long as an honest machine under load may take.
    @discardableResult
    func wait(
        for state: PeerState, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let deadline = Monotonic.nanoseconds() + 30_000_000_000
        while true {
            let answer = try await gateway.send(.get, "/api/attestation/peers?refresh=1").good()
            let peer = try #require(answer["peers"].array?.first)
            if peer["state"]?.string == state.rawValue { return peer }
            guard Monotonic.nanoseconds() < deadline else {
                Issue.record("not \(state.rawValue) but \(peer)", sourceLocation: sourceLocation)
                return peer
            }
            try await Task.sleep(for: .milliseconds(100))  // pause: a judgement is made once a second
        }
    }

    /// Asks for a token for the other gateway.
    func token(of visitor: Visitor, for other: PeeredGateway) async throws -> Answer {
        try await visitor.send(.post, "/api/auth/peer-token", json: ["peer": .string(other.front.origin)])
    }
}

/// Runs `body` with two gateways that are each other's peers, each on a machine of its own; the second one has none if
/// so demanded.
func withTwoGateways(
    secondHasDevice: Bool = true, settings: [String: String] = [:],
    _ body: (_ first: PeeredGateway, _ second: PeeredGateway) async throws -> Void
) async throws {
    let machines = (try SimulatedMachine(), try SimulatedMachine())
    let roots = try TrustedRoots(machines.0, machines.1)
    try await withFront { one in
        try await withFront { two in
            try await withGateway(
                settings: PeeredGateway.settings(machines.0, one, two, settings), roots: roots
            ) { first in
                one.stands(before: first.address)
                try await withGateway(
                    settings: PeeredGateway.settings(secondHasDevice ? machines.1 : nil, two, one, settings),
                    roots: roots
                ) { second in
                    two.stands(before: second.address)
                    try await body(
                        PeeredGateway(gateway: first, front: one), PeeredGateway(gateway: second, front: two))
                }
            }
        }
    }
}

extension TrustedRoots {
    /// The roots of both machines: each simulator has one of its own.
    init(_ first: SimulatedMachine, _ second: SimulatedMachine) throws {
        let certificates = try [first, second].map { try Scratch.read($0.rootPath) }
        self.init(pinnedSHA256: Set(certificates.map { SHA256.hash($0) }), certificates: certificates)
    }
}
