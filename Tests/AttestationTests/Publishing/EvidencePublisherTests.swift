import AttestationFixtures
import Cryptography
import Primitives
import Synchronization
import Testing

@testable import Attestation

@Suite("Boot reports and reports over nonces share the device's turns")
struct EvidencePublisherTests {
    /// A device that signs at once, and remembers over what.
    private final class Device: AttestationDevice {
        let kind = DeviceKind.sevGuest
        private let platform: FixturePlatform
        private let asked = Mutex<[ReportData]>([])

        init() throws {
            platform = try FixturePlatform(
                .genoa, kind: .vcek, chipID: FixtureEvidence.chip(named: "own"),
                at: Timestamp(unixSeconds: 1_790_000_000))
        }

        var calls: Int { asked.withLock { $0.count } }

        func evidence(for data: ReportData) throws(DeviceFault) -> DeviceEvidence {
            asked.withLock { $0.append(data) }
            guard let report = try? platform.report({ $0.reportData = data.bytes }) else { throw .busy }
            return DeviceEvidence(report: report, certificates: [])
        }

        func derivedKey(_ request: DerivedKeyRequest) throws(DeviceFault) -> Secret { throw .unsupported }
    }

    /// A steady clock on which whoever waits is there at once.
    private final class Jumps: Pacing {
        private let moment = Mutex<UInt64>(1_000_000_000_000)

        func now() -> UInt64 { moment.withLock { $0 } }
        func wait(until moment: UInt64) async { self.moment.withLock { $0 = max($0, moment) } }
    }

    private final class Stage: Sendable {
        let device: Device
        let pacing = Jumps()
        let keys = Mutex(TokenKeySet([ES256PrivateKey.generate().publicKey]))
        let patience = Mutex<[EndorsementPatience]>([])
        private let codeHash: CodeHash

        init() throws {
            device = try Device()
            codeHash = try #require(CodeHash(hex: String(repeating: "ab", count: 32)))
        }

        func publisher() throws -> EvidencePublisher {
            EvidencePublisher(
                device: try DeviceQueue(device), clock: ManualClock(Timestamp(unixSeconds: 1_790_000_000)),
                pacing: pacing,
                facts: { [self] in
                    PublishedFacts(
                        gateway: "https://gateway.example", codeHash: codeHash, keys: keys.withLock { $0 },
                        keySetCommitment: "", tls: .none)
                },
                complete: { [self] _, _, patience in
                    self.patience.withLock { $0.append(patience) }
                    return Endorsements()
                })
        }
    }

    private static let network = CallerNetwork(of: .v4(0x7F00_0001))

    @Test("Between two boot reports lies a second, as between any two calls of the device")
    func spacing() async throws {
        let stage = try Stage()
        let publisher = try stage.publisher()
        let start = stage.pacing.now()
        try await publisher.publishBootReport()
        #expect(stage.pacing.now() == start, "the first waits for nothing")
        try await publisher.publishBootReport()
        #expect(stage.pacing.now() == start + EvidenceSchedule.spacingNanoseconds)
        _ = try await publisher.evidence(for: CallerNonce(random: SystemRandom()), from: Self.network)
        #expect(stage.pacing.now() == start + 2 * EvidenceSchedule.spacingNanoseconds)
        #expect(stage.device.calls == 3)
    }

    @Test("Only the boot report waits for certificates that have to be fetched")
    func patience() async throws {
        let stage = try Stage()
        let publisher = try stage.publisher()
        try await publisher.publishBootReport()
        _ = try await publisher.evidence(for: CallerNonce(random: SystemRandom()), from: Self.network)
        _ = try await publisher.agentGatewayReport(from: Self.network)
        #expect(stage.patience.withLock { $0 } == [.waits, .takesWhatIsThere, .takesWhatIsThere])
    }

    @Test("A report of a key that will sign next is not served before it does")
    func prospect() async throws {
        let stage = try Stage()
        let publisher = try stage.publisher()
        let boot = try await publisher.publishBootReport()
        let active = try #require(boot.keys.keys.first)
        let next = ES256PrivateKey.generate().publicKey
        let facts = PublishedFacts(
            gateway: "https://gateway.example",
            codeHash: try #require(CodeHash(hex: String(repeating: "ab", count: 32))),
            keys: TokenKeySet([next, active]), keySetCommitment: "", tls: .none)
        let prospect = try await publisher.bootReport(of: facts)
        #expect(publisher.bootReport == boot)
        #expect(try Report(prospect.evidence.report).reportData[32..<48].elementsEqual(next.thumbprintBytes.prefix(16)))
        publisher.publish(prospect)
        #expect(publisher.bootReport == prospect)
    }

    @Test("The other profile's report is made once a key, and never one of a key that was active before")
    func agentGateway() async throws {
        let stage = try Stage()
        let publisher = try stage.publisher()
        let first = try await publisher.agentGatewayReport(from: Self.network)
        #expect(try await publisher.agentGatewayReport(from: Self.network) == first)
        #expect(stage.device.calls == 1)
        let active = try #require(stage.keys.withLock { $0.keys.first })
        let next = ES256PrivateKey.generate().publicKey
        stage.keys.withLock { $0 = TokenKeySet([active, next]) }
        let announced = try await publisher.agentGatewayReport(from: Self.network)
        #expect(announced.evidence == first.evidence && announced.keys.keys == [active, next])
        #expect(stage.device.calls == 1)
        // No boot report is made in between: the device may have failed just then.
        stage.keys.withLock { $0 = TokenKeySet([next, active]) }
        let rotated = try await publisher.agentGatewayReport(from: Self.network)
        #expect(stage.device.calls == 2)
        let report = try Report(rotated.evidence.report)
        #expect(Array(report.reportData[32..<48]) == Array(next.thumbprintBytes.prefix(16)))
    }
}
