import Attestation
import Cryptography
import Database
import DeviceSimulation
import Identity
import Primitives
import Telemetry
import Testing

@testable import Gateway

@Suite("A new session key signs once its report is there")
struct AttestedRotationTests {
    /// The attested side of a gateway, without the rest, on a steady clock that the test moves.
    private struct Stage {
        let machine: SimulatedMachine
        let steady = ManualClock(Timestamp(unixSeconds: 1_000))
        let keys = SessionKeys(active: .generate())
        let folder: TemporaryFolder
        let database: Database
        let log: Log

        init() throws {
            machine = try SimulatedMachine()
            folder = try TemporaryFolder()
            database = try Database(
                path: folder.file("sealgate.db"), migrations: try GatewayDescription.migrations())
            log = Log(descriptor: 2, clock: SystemClock())
        }

        func service() async throws -> AttestationService {
            let roots = try AttestedGateway.roots(of: machine)
            return try await AttestationService.start(
                AttestationService.Ground(
                    settings: TestGateway.configuration(folder, AttestedGateway.settings(machine)).attestation,
                    roots: roots, keys: keys, origin: TestGateway.origin,
                    codeHash: #require(CodeHash(hex: String(repeating: "ab", count: 32))), tls: .none,
                    sealingKey: X25519PrivateKey.generate().publicKey,
                    database: database, clock: SystemClock(), steady: steady, log: log,
                    endorsements: EndorsementSource(
                        roots: roots, folder: nil, fetcher: nil, clock: SystemClock(), steady: steady),
                    coversImage: true, policy: nil))
        }

        func close(_ service: AttestationService) async {
            service.stop()
            await database.close()
            log.close()
        }
    }

    @Test("While the device fails the key before goes on signing; the first report there is lets the next one sign")
    func postponed() async throws {
        let stage = try Stage()
        let service = try await stage.service()
        let first = stage.keys.published.keys
        #expect(first.count == 1)
        stage.steady.advance(seconds: 24 * 3_600 - SessionKeys.publicationSeconds)
        try await service.tend(at: SystemClock().now())
        let announced = stage.keys.published.keys
        #expect(announced.count == 2 && announced.first == first.first)

        stage.steady.advance(seconds: SessionKeys.publicationSeconds)
        try stage.machine.tell("fault report-size")
        try await service.tend(at: SystemClock().now())
        #expect(stage.keys.published.keys == announced)
        #expect(service.publisher?.bootReport?.keys.keys == announced, "what is served is of the key that signs")

        try stage.machine.tell("fault none")
        try await service.tend(at: SystemClock().now())
        #expect(stage.keys.published.keys == announced.reversed())
        let boot = try #require(service.publisher?.bootReport)
        #expect(boot.keys.keys == announced.reversed())
        #expect(service.judge(boot).isAuthentic)
        let kid = try #require(announced.last?.thumbprint)
        #expect(stage.keys.published.keys.first?.thumbprint == kid && service.kept(kid) != nil)
        await stage.close(service)
    }

    @Test("A host that sets its clock makes no key rotate, and keeps none from rotating", arguments: [-1, 1])
    func hostClock(direction: Int64) async throws {
        let stage = try Stage()
        let service = try await stage.service()
        let jumped = SystemClock().now().adding(seconds: direction * 365 * 86_400)
        try await service.tend(at: jumped)
        #expect(stage.keys.published.keys.count == 1)
        stage.steady.advance(seconds: 24 * 3_600)
        try await service.tend(at: jumped)
        #expect(stage.keys.published.keys.count == 2)
        await stage.close(service)
    }
}
