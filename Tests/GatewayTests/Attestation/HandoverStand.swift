import Attestation
import Cryptography
import DeviceSimulation
import Gateway
import HTTPTypes
import Primitives
import Testing

/// A machine whose gateway gives its root away, and another that wants it.
struct HandoverStand: Sendable {
    /// The release key of these tests.
    static func key(_ number: UInt8 = 1) throws -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: Secret(copying: [UInt8](repeating: number, count: 32)))
    }

    /// The measurement of a simulated machine, and one that it can be told to have.
    static let other = [UInt8](repeating: 0x5A, count: 48)

    let giver: SimulatedMachine
    let receiver: SimulatedMachine
    let giverFolder: TemporaryFolder
    let receiverFolder: TemporaryFolder
    /// Those of both machines: each simulator certifies its own.
    let roots: TrustedRoots

    init(giver: [String] = [], receiver: [String] = ["--host", "second"]) throws {
        self.giver = try SimulatedMachine(giver)
        self.receiver = try SimulatedMachine(receiver)
        giverFolder = try TemporaryFolder()
        receiverFolder = try TemporaryFolder()
        let certificates = [try Scratch.read(self.giver.rootPath), try Scratch.read(self.receiver.rootPath)]
        roots = TrustedRoots(
            pinnedSHA256: Set(certificates.map { SHA256.hash($0) }), certificates: certificates)
    }

    /// The roots under which both machines are certified now: a machine that was changed is certified anew.
    func currentRoots() async throws -> TrustedRoots {
        var certificates: [[UInt8]] = []
        for machine in [giver, receiver] {
            let evidence = try await HandoverStand.evidence(of: machine, over: [UInt8](repeating: 0, count: 64))
            certificates.append(try #require(evidence.endorsements.root))
        }
        return TrustedRoots(pinnedSHA256: Set(certificates.map { SHA256.hash($0) }), certificates: certificates)
    }

    /// What a machine's device gives with a report.
    static func evidence(of machine: SimulatedMachine, over data: [UInt8]) async throws -> Evidence {
        let device = try DeviceSelection.forced(.sevGuest).device(
            sevGuestPath: machine.sevGuestPath, configFSPath: "", vmpl: 0)
        let queue = try DeviceQueue(device)
        defer { queue.stop() }
        let answer = try await queue.evidence(for: #require(ReportData(data)))
        let table = try CertificateTable(answer.certificates)
        return Evidence(report: answer.report, endorsements: Endorsements(table, for: .vcek))
    }

    /// What the simulator measures by itself.
    static var own: [UInt8] {
        let half = SHA256.hash(Array("measurement of own".utf8))
        return half + half.prefix(16)
    }

    static func list(
        _ measurements: [[UInt8]], issue: Int64 = 1, expiresAt: Timestamp = SystemClock().now().adding(seconds: 3_600)
    ) -> ReleaseList {
        ReleaseList(
            issue: issue, expiresAt: expiresAt, releases: measurements.map { .init(measurement: $0, note: "test") })
    }

    /// Writes a list and the key into both folders.
    func publish(_ list: ReleaseList, by key: Ed25519PrivateKey? = nil) throws {
        for folder in [giverFolder, receiverFolder] { try publish(list, by: key, in: folder) }
    }

    func publish(_ list: ReleaseList, by key: Ed25519PrivateKey? = nil, in folder: TemporaryFolder) throws {
        let envelope = DSSEEnvelope(
            payloadType: ReleaseList.payloadType, payload: list.json.bytes,
            signedBy: [try key ?? HandoverStand.key()])
        try folder.write("list.json", envelope.fileBytes)
        try folder.write("release.pem", Array(try HandoverStand.key().publicKey.pem.utf8))
    }

    static func settings(_ folder: TemporaryFolder) -> [String: String] {
        ["SEALGATE_RELEASE_LIST": folder.file("list.json"), "SEALGATE_RELEASE_KEY": folder.file("release.pem")]
    }

    /// Runs `body` beside the giver's gateway.
    func whileGiving<R>(
        clock: some WallClock = SystemClock(), believing roots: TrustedRoots? = nil,
        _ body: (AttestedGateway) async throws -> R
    ) async throws -> R {
        try await withAttestedGateway(
            on: giver, in: giverFolder, clock: clock, settings: HandoverStand.settings(giverFolder),
            believing: roots ?? self.roots, body)
    }

    /// What `sealgate handover` does, on the receiver's machine.
    func receive(
        from attested: AttestedGateway, gateway: String = TestGateway.origin, givers: Set<[UInt8]> = [],
        roots: TrustedRoots? = nil
    ) async throws -> RootHandover.Receipt {
        let configuration = try TestGateway.configuration(receiverFolder, AttestedGateway.settings(receiver))
        let handover = RootHandover(
            configuration, client: attested.gateway.client, clock: SystemClock(), random: SystemRandom(),
            roots: roots ?? self.roots)
        return try await handover.carryOut(
            RootHandover.Order(
                url: attested.gateway.address, gateway: gateway,
                files: .init(list: receiverFolder.file("list.json"), key: receiverFolder.file("release.pem")),
                folder: receiverFolder.file("data"), givers: givers))
    }

    /// Why there was none.
    func failure(
        from attested: AttestedGateway, gateway: String = TestGateway.origin, roots: TrustedRoots? = nil
    ) async throws -> String? {
        do {
            _ = try await receive(from: attested, gateway: gateway, roots: roots)
            return nil
        } catch let error as RootHandover.Failure {
            return error.description
        } catch let error as GatewayStartError {
            return error.description
        }
    }

    /// Files of the receiver's data folder.
    func received() throws -> [String] {
        try receiverFolder.files().keys.filter { $0.hasPrefix("data") }.sorted()
    }

    /// What the giver has logged of an event, once its gateway has ended.
    func logged(_ event: String) throws -> [JSON] {
        try giverFolder.log().filter { $0["event"]?.string == event }
    }
}
