import Attestation
import Cryptography
import DeviceSimulation
import Foundation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("A running instance hands its root to a new release that proves itself")
struct HandoverTests {
    @Test(
        "The root arrives at a listed release on the same host or another, and opens the same database",
        arguments: ["first", "second"], ["own", "other"])
    func arrives(host: String, release: String) async throws {
        let stand = try HandoverStand(receiver: ["--host", host])
        try stand.publish(HandoverStand.list([HandoverStand.own, HandoverStand.other]))
        if release == "other" { try stand.receiver.tell("measurement " + Hex.encode(HandoverStand.other)) }
        let (visitor, receipt) = try await stand.whileGiving { attested in
            let visitor = try await attested.gateway.visitor()
            let before = try stand.giver.calls()
            let receipt = try await stand.receive(from: attested)
            #expect(try stand.giver.calls() - before == 1, "one device call")
            return (visitor, receipt)
        }
        let measurement = release == "other" ? HandoverStand.other : HandoverStand.own
        #expect(receipt.own == measurement && receipt.giver == HandoverStand.own)
        #expect(receipt.issue == 1)
        let root = try stand.giverFolder.read("data/root.secret")
        #expect(try stand.receiverFolder.read("data/root.secret") == root)
        #expect(try stand.received() == ["data/root.secret"])
        var status = stat()
        #expect(stat(receipt.path, &status) == 0 && status.st_mode & 0o7777 == 0o600)

        try stand.receiverFolder.write("data/sealgate.db", try stand.giverFolder.read("data/sealgate.db"))
        try await withAttestedGateway(on: stand.receiver, in: stand.receiverFolder) { attested in
            let again = try await attested.gateway.visitor(visitor.key)
            #expect(try await again.isLoggedIn())
        }
        let done = try stand.logged("handover_done")
        #expect(done.map { $0["measurement"]?.string } == [Hex.encode(measurement)])
        #expect(try stand.logged("handover_refused").isEmpty)
        let log = String(decoding: try stand.giverFolder.read(TemporaryFolder.logName), as: UTF8.self)
        #expect(!log.contains(Hex.encode(root)) && !log.contains(Base64.encode(root)))
    }

    static let refused: [(told: [String], codes: String)] = [
        (["measurement " + Hex.encode(HandoverStand.other)], "measurement_not_listed"),
        (["tcb snp=26"], "lower_tcb"), (["tcb microcode=87"], "lower_tcb"),
        (["flaw debug"], "debug"), (["flaw migratable"], "migration"), (["flaw vmpl-3"], "vmpl"),
        (["flaw strangers-root"], "not_authentic"),
    ]

    @Test("Who is not entitled gets nothing, leaves nothing, and is logged", arguments: refused)
    func refuses(told: [String], codes: String) async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        for line in told { try stand.receiver.tell(line) }
        let roots = codes == "not_authentic" ? stand.roots : try await stand.currentRoots()
        let failure = try await stand.whileGiving(believing: roots) {
            try await stand.failure(from: $0, roots: roots)
        }
        #expect(failure?.contains(codes) == true, "\(failure ?? "it was handed over")")
        #expect(try stand.received() == [])
        let refused = try stand.logged("handover_refused")
        #expect(refused.map { $0["codes"]?.string } == [codes])
        let measurement = told[0].hasPrefix("measurement") ? HandoverStand.other : HandoverStand.own
        #expect(refused.map { $0["measurement"]?.string } == [Hex.encode(measurement)])
        #expect(try stand.logged("handover_done").isEmpty)
    }

    @Test("Another product is refused")
    func otherProduct() async throws {
        let stand = try HandoverStand(receiver: ["--product", "turin"])
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        let failure = try await stand.whileGiving { try await stand.failure(from: $0) }
        #expect(failure?.contains("other_product") == true, "\(failure ?? "it was handed over")")
        #expect(try stand.received() == [])
        #expect(try stand.logged("handover_refused").count == 1)
    }

    @Test("Under AMD's roots a simulated giver has no evidence to go by, and a simulated receiver believes nobody")
    func amd() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        let first = try await stand.whileGiving(believing: .amd) { try await stand.failure(from: $0) }
        #expect(first?.contains("own_evidence, not_authentic") == true, "\(first ?? "it was handed over")")
        let second = try await stand.whileGiving { try await stand.failure(from: $0, roots: .amd) }
        #expect(second?.contains("The giver is not believed") == true, "\(second ?? "it was taken")")
        #expect(try stand.received() == [])
    }

    @Test("A giver that is not on the receiver's list is not believed unless the operator names it")
    func unlistedGiver() async throws {
        let stand = try HandoverStand()
        try stand.receiver.tell("measurement " + Hex.encode(HandoverStand.other))
        try stand.publish(HandoverStand.list([HandoverStand.other]))
        try await stand.whileGiving { attested in
            let failure = try await stand.failure(from: attested)
            #expect(failure?.contains("measurement_not_listed") == true, "\(failure ?? "it was taken")")
            #expect(try stand.received() == [])
            let receipt = try await stand.receive(from: attested, givers: [HandoverStand.own])
            #expect(receipt.giver == HandoverStand.own)
        }
    }

    @Test("A folder that was begun is left as it is", arguments: ["root.secret", "sealgate.db", "root.sealed"])
    func begun(name: String) async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        try FileManager.default.createDirectory(
            atPath: stand.receiverFolder.file("data"), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try stand.receiverFolder.write("data/" + name, [1])
        let failure = try await stand.whileGiving { try await stand.failure(from: $0) }
        #expect(failure?.contains("not begun") == true, "\(failure ?? "it was taken")")
        #expect(try stand.receiverFolder.read("data/" + name) == [1])
        #expect(try stand.received() == ["data/" + name])
        #expect(try stand.logged("handover_offered").isEmpty)
    }

    @Test("Another gateway than the one that was asked for is not believed")
    func otherGateway() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        let failure = try await stand.whileGiving {
            try await stand.failure(from: $0, gateway: "https://other.example")
        }
        #expect(failure?.contains("--gateway") == true)
        #expect(try stand.received() == [])
    }

    @Test("A request that comes twice or late, or was changed on the way, gets nothing")
    func replayed() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        let clock = ManualClock(SystemClock().now())
        try await stand.whileGiving(clock: clock) { attested in
            let good = try await request(stand, attested)
            let answer = try await send(good.request.json, to: attested).good()
            #expect(HandoverAnswer(json: answer.json) != nil)
            try await send(good.request.json, to: attested).expect(403, "handover_refused")

            let changed = try await request(stand, attested)
            let stranger = try X25519PrivateKey.generate().publicKey
            let claim = changed.request.claim
            let swapped = HandoverRequest(
                claim: .init(
                    session: claim.session, offerNonce: claim.offerNonce, nonce: claim.nonce, publicKey: stranger),
                evidence: changed.request.evidence)
            try await send(swapped.json, to: attested).expect(403, "handover_refused")

            let late = try await request(stand, attested)
            clock.advance(seconds: HandoverSessions.lifetimeSeconds + 1)
            try await send(late.request.json, to: attested).expect(403, "handover_refused")
            try await send(["type": "sealgate-handover-request/1"], to: attested).expect(400, "invalid_request")
        }
        let codes = try stand.logged("handover_refused").map { $0["codes"]?.string }
        #expect(codes == ["used_session", "not_bound", "stale_session"])
        #expect(try stand.logged("handover_done").count == 1)
    }

    @Test("There are so many sessions and no more")
    func places() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        try await stand.whileGiving { attested in
            let path = "/api/attestation/handover/offer"
            for _ in 0..<HandoverSessions.placesPerNetwork { try await attested.gateway.send(.post, path).good() }
            let answer = try await attested.gateway.send(.post, path)
            answer.expect(429, "handover_busy")
            #expect(answer.fields["Retry-After"] == "60")
        }
    }

    @Test("A newer list counts from the next offer on, an older one and a stranger's never")
    func lists() async throws {
        let stand = try HandoverStand()
        try stand.receiver.tell("measurement " + Hex.encode(HandoverStand.other))
        let both = HandoverStand.list([HandoverStand.own, HandoverStand.other], issue: 3)
        try stand.publish(HandoverStand.list([HandoverStand.own], issue: 2))
        try stand.publish(both, in: stand.receiverFolder)
        try await stand.whileGiving { attested in
            for list in [HandoverStand.list([HandoverStand.own, HandoverStand.other], issue: 1)] {
                try stand.publish(list, in: stand.giverFolder)
                #expect(try await stand.failure(from: attested)?.contains("measurement_not_listed") == true)
            }
            try stand.publish(both, by: HandoverStand.key(2), in: stand.giverFolder)
            #expect(try await stand.failure(from: attested)?.contains("measurement_not_listed") == true)
            #expect(try stand.received() == [])
            try stand.publish(both, in: stand.giverFolder)
            #expect(try await stand.receive(from: attested).issue == 3)
        }
        #expect(try stand.logged("release_list_refused").map { $0["code"]?.string } == ["older_issue", "not_signed"])
        #expect(try stand.logged("release_list").map { $0["issue"]?.integer } == [3])
    }

    @Test("A list that is older than one taken before is no start, though the process knows nothing of that one")
    func olderListAfterRestart() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own], issue: 5))
        try await stand.whileGiving { _ in }
        for (issue, seconds, code) in [(4, 3_600, "older than issue 5"), (5, 7_200, "another list of issue 5")]
            as [(Int64, Int64, String)]
        {
            let list = HandoverStand.list(
                [HandoverStand.own], issue: issue, expiresAt: SystemClock().now().adding(seconds: seconds))
            try stand.publish(list)
            await #expect { try await stand.whileGiving { _ in } } throws: { "\($0)".contains(code) }
        }
        try stand.publish(HandoverStand.list([HandoverStand.own], issue: 6))
        try await stand.whileGiving { _ in }
    }

    @Test("A list that is expired or a stranger's is no start, and none for a receiver", arguments: ["expired", "key"])
    func badList(way: String) async throws {
        let stand = try HandoverStand()
        let moment = SystemClock().now().adding(seconds: way == "expired" ? -1 : 3_600)
        let list = HandoverStand.list([HandoverStand.own], expiresAt: moment)
        try stand.publish(list, by: try HandoverStand.key(way == "key" ? 2 : 1))
        await #expect {
            try await stand.whileGiving { _ in }
        } throws: { "\($0)".contains("SEALGATE_RELEASE_LIST") }
        try stand.publish(HandoverStand.list([HandoverStand.own]), in: stand.giverFolder)
        let failure = try await stand.whileGiving { try await stand.failure(from: $0) }
        #expect(failure?.contains("SEALGATE_RELEASE_LIST") == true)
        #expect(try stand.received() == [])
    }

    @Test("Without a list nothing is offered; one setting alone is a mistake")
    func shut() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            try await attested.gateway.send(.post, "/api/attestation/handover/offer")
                .expect(404, "handover_not_offered")
        }
        let folder = try TemporaryFolder()
        for name in ["SEALGATE_RELEASE_LIST", "SEALGATE_RELEASE_KEY"] {
            #expect(throws: ConfigurationError.self) { try TestGateway.configuration(folder, [name: "/file"]) }
        }
    }

    @Test("A wiped device key gives nothing away")
    func wiped() async throws {
        let stand = try HandoverStand()
        try stand.publish(HandoverStand.list([HandoverStand.own]))
        let failure = try await stand.whileGiving { attested in
            try stand.giver.tell("fault wiped")
            return try await stand.failure(from: attested)
        }
        #expect(failure?.contains("attestation_unavailable") == true, "\(failure ?? "it was handed over")")
        #expect(try stand.received() == [])
        #expect(try stand.logged("handover_failed").count == 1)
    }

    /// A request as a receiver makes it, not sent yet.
    private func request(
        _ stand: HandoverStand, _ attested: AttestedGateway
    ) async throws -> (request: HandoverRequest, key: X25519PrivateKey) {
        let text = try await attested.gateway.send(.post, "/api/attestation/handover/offer").good().json
        let offer = try #require(HandoverOffer(json: text))
        let key = try X25519PrivateKey.generate()
        let claim = HandoverRequest.Claim(answering: offer, nonce: SystemRandom().bytes(32), publicKey: key.publicKey)
        let data = try #require(HandoverPurpose.request.reportData(HandoverTranscript.request(offer, claim)))
        let evidence = try await HandoverStand.evidence(of: stand.receiver, over: data.bytes)
        return (HandoverRequest(claim: claim, evidence: evidence), key)
    }

    private func send(_ request: JSON, to attested: AttestedGateway) async throws -> Answer {
        try await attested.gateway.send(.post, "/api/attestation/handover", json: request)
    }
}
