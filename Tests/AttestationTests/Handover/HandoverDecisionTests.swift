import AttestationFixtures
import Attestation
import Cryptography
import Primitives
import Testing

@Suite("A root goes to a listed release on genuine hardware that is no less secure, and to nobody else")
struct HandoverDecisionTests {
    private static let low = FixtureTCB(bootloader: 10, tee: 0, snp: 26, microcode: 88)
    private static let high = FixtureTCB(bootloader: 11, tee: 1, snp: 28, microcode: 89)
    private static let floor = TCBFloor(product: .genoa, minimum: [.snp: 28])

    private static func listing(_ measurement: [UInt8], _ floors: [TCBFloor] = []) -> ReleaseList {
        ReleaseList(
            issue: 7, expiresAt: HandoverStage.now.adding(seconds: 86_400),
            releases: [.init(measurement: measurement, note: "", minimumTCB: floors)])
    }

    static let good: [HandoverCase] = [
        HandoverCase("another chip", []) { _ in },
        HandoverCase("the same chip", []) { $0.receiver.chip = "first" },
        HandoverCase("a higher TCB", []) { $0.receiver.tcb = high },
        HandoverCase("another release on the list", []) { stage in
            stage.receiver.shape = { $0.measurement = HandoverStage.other }
            stage.list = listing(HandoverStage.other)
        },
        HandoverCase("a minimum that is reached", []) { stage in
            stage.receiver.tcb = high
            stage.list = listing(HandoverStage.measurement, [floor])
        },
        HandoverCase("the last moment of the list", []) { stage in
            stage.list = ReleaseList(
                issue: 1, expiresAt: HandoverStage.now.adding(milliseconds: 1), releases: stage.list.releases)
        },
        HandoverCase("Milan on one chip", []) { stage in
            stage.giver.product = .milan
            stage.receiver = HandoverStage.Side(product: .milan)
        },
        HandoverCase("both under an SVSM", []) { stage in
            stage.giver.shape = { $0.vmpl = 2 }
            stage.receiver.shape = { $0.vmpl = 2 }
        },
    ]

    static let refused: [HandoverCase] = [
        HandoverCase("no session", [.unknownSession]) { $0.found = { _ in .unknown } },
        HandoverCase("a stale session", [.staleSession]) { $0.found = { .stale($0) } },
        HandoverCase("a session used twice", [.usedSession]) { $0.found = { .used($0) } },
        HandoverCase("another nonce", [.nonceMismatch, .notBound]) { stage in
            stage.claimed = {
                .init(
                    session: $0.session, offerNonce: [UInt8](repeating: 0, count: 32), nonce: $0.nonce,
                    publicKey: $0.publicKey)
            }
        },
        HandoverCase("another session's name", [.nonceMismatch, .notBound]) { stage in
            stage.claimed = {
                .init(
                    session: [UInt8](repeating: 0, count: 16), offerNonce: $0.offerNonce, nonce: $0.nonce,
                    publicKey: $0.publicKey)
            }
        },
        HandoverCase("another key than the report is over", [.notBound]) { stage in
            stage.claimed = { claim in
                guard let key = X25519PublicKey([UInt8](repeating: 7, count: 32)) else { return claim }
                return .init(
                    session: claim.session, offerNonce: claim.offerNonce, nonce: claim.nonce, publicKey: key)
            }
        },
        HandoverCase("a report for another purpose", [.wrongPurpose]) { $0.purpose = .answer },
        HandoverCase("a root that is not AMD's", [.notAuthentic]) { stage in
            stage.receiver.flaw = .strangersRoot
            stage.receiver.isRootPinned = false
        },
        HandoverCase("a report changed after it was signed", [.notAuthentic, .measurementNotListed]) {
            $0.receiver.flaw = .changedAfterSigning
        },
        HandoverCase("a key of another chip", [.notAuthentic]) { $0.receiver.flaw = .wrongHWID },
        HandoverCase("a key of another TCB", [.notAuthentic]) { $0.receiver.flaw = .lowerSPL },
        HandoverCase("a revoked intermediate", [.evidenceRefused]) { $0.receiver.flaw = .revokedIntermediate },
        HandoverCase("debugging", [.debug]) { $0.receiver.flaw = .debugPolicy },
        HandoverCase("debugging, where the operator allows it", [.debug]) { stage in
            var mild = EvidencePolicy(measurements: nil)
            mild.allowsDebug = true
            stage.operators = mild
            stage.receiver.flaw = .debugPolicy
        },
        HandoverCase("a migration agent", [.migration]) { $0.receiver.flaw = .migrationPolicy },
        HandoverCase("a lower privilege level", [.vmpl]) { $0.receiver.flaw = .lowestVMPL },
        HandoverCase("a report that the host asked for", [.vmpl]) { $0.receiver.flaw = .hostReport },
        HandoverCase("a higher privilege level", [.vmpl]) { $0.giver.shape = { $0.vmpl = 1 } },
        HandoverCase("an unlisted measurement", [.measurementNotListed]) { stage in
            stage.receiver.shape = { $0.measurement = HandoverStage.other }
        },
        HandoverCase("the giver's own measurement, taken off the list", [.measurementNotListed]) {
            $0.list = listing(HandoverStage.other)
        },
        HandoverCase("an unlisted measurement that the operator's policy names", [.measurementNotListed]) { stage in
            stage.operators = EvidencePolicy(measurements: [HandoverStage.other])
            stage.receiver.shape = { $0.measurement = HandoverStage.other }
        },
        HandoverCase("a lower reported TCB", [.lowerTCB]) { $0.receiver.tcb = low },
        HandoverCase("lower in one component, higher in all others", [.lowerTCB]) {
            $0.receiver.tcb = FixtureTCB(bootloader: 11, tee: 1, snp: 26, microcode: 99)
        },
        HandoverCase("a lower committed TCB", [.lowerTCB]) { stage in
            stage.giver.tcb = low
            stage.giver.shape = {
                $0.committedTCB = .current(.genoa)
                $0.currentTCB = .current(.genoa)
            }
            stage.receiver.tcb = low
        },
        HandoverCase("below the list's minimum", [.minimumTCB]) {
            $0.list = listing(HandoverStage.measurement, [floor])
        },
        HandoverCase("a list that speaks of other products", [.minimumTCB]) {
            $0.list = listing(HandoverStage.measurement, [TCBFloor(product: .turin, minimum: [.snp: 1])])
        },
        HandoverCase("another product with another layout", [.otherProduct]) { $0.receiver.product = .turin },
        HandoverCase("another product with the same layout", [.lowerTCB, .otherProduct, .evidenceRefused]) {
            $0.giver.product = .milan
        },
        HandoverCase("another model of the product", [.lowerTCB, .otherProduct]) { $0.receiver.product = .siena },
        HandoverCase("no model to compare", [.otherProduct]) { $0.receiver.version = 2 },
        HandoverCase("Milan on another chip", [.evidenceRefused]) { stage in
            stage.giver.product = .milan
            stage.receiver.product = .milan
        },
        HandoverCase("an expired list", [.listExpired]) { stage in
            stage.list = ReleaseList(issue: 7, expiresAt: HandoverStage.now, releases: stage.list.releases)
        },
        HandoverCase("a giver without evidence of its own", [.ownEvidence]) { stage in
            stage.giver.flaw = .strangersRoot
            stage.giver.isRootPinned = false
        },
        HandoverCase("a chip that the operator does not name", [.evidenceRefused]) { stage in
            var policy = EvidencePolicy(measurements: nil)
            policy.chips = [FixtureEvidence.chip(named: "third")]
            stage.operators = policy
        },
    ]

    @Test("A receiver that is what it should be gets it", arguments: good)
    func handsOver(_ example: HandoverCase) throws {
        var stage = HandoverStage()
        example.change(&stage)
        let decision = try stage.decision()
        #expect(decision.handsOver, "\(decision.findings)")
    }

    @Test("Everything that is against it is said, and nothing else", arguments: refused)
    func refuses(_ example: HandoverCase) throws {
        var stage = HandoverStage()
        example.change(&stage)
        let decision = try stage.decision()
        #expect(!decision.handsOver)
        #expect(Set(decision.refusals) == Set(example.refusals), "\(decision.findings)")
    }

    @Test("Of several reasons each is named")
    func allReasons() throws {
        var stage = HandoverStage()
        stage.found = { .used($0) }
        stage.receiver.tcb = HandoverDecisionTests.low
        stage.receiver.shape = {
            $0.policy |= 1 << 19 | 1 << 18
            $0.measurement = HandoverStage.other
        }
        let decision = try stage.decision()
        #expect(
            decision.refusals == [.usedSession, .debug, .migration, .measurementNotListed, .lowerTCB],
            "\(decision.findings)")
        #expect(decision.measurement == HandoverStage.other)
    }
}
