import AttestationFixtures
import Attestation
import Cryptography
import Primitives
import Testing

@Suite("A root is taken from a listed release on genuine hardware, and from nobody else")
struct HandoverAcceptanceTests {
    static let cases: [HandoverCase] = [
        HandoverCase("a listed giver", []) { _ in },
        HandoverCase("a giver at a lower TCB", []) {
            $0.giver.tcb = FixtureTCB(bootloader: 9, tee: 0, snp: 20, microcode: 80)
        },
        HandoverCase("an unlisted giver", [.measurementNotListed]) { stage in
            stage.giver.shape = { $0.measurement = HandoverStage.other }
        },
        HandoverCase("an unlisted giver that the operator names", []) { stage in
            stage.giver.shape = { $0.measurement = HandoverStage.other }
            stage.named = [HandoverStage.other]
        },
        HandoverCase("a root that is not AMD's", [.notAuthentic]) { stage in
            stage.giver.flaw = .strangersRoot
            stage.giver.isRootPinned = false
        },
        HandoverCase("debugging", [.debug]) { $0.giver.flaw = .debugPolicy },
        HandoverCase("a migration agent", [.migration]) { $0.giver.flaw = .migrationPolicy },
        HandoverCase("another privilege level", [.vmpl]) { $0.giver.flaw = .lowestVMPL },
        HandoverCase("another gateway", [.otherGateway]) { $0.asked = "https://other.example" },
        HandoverCase("the receiver's own words sent back", [.wrongPurpose]) { $0.answerPurpose = .request },
        HandoverCase("another seal", [.notBound]) { stage in
            stage.answered = { answer in
                let sealed = HPKEMessage(encapsulated: answer.sealed.encapsulated, ciphertext: [UInt8](0..<48))
                return HandoverAnswer(session: answer.session, sealed: sealed, evidence: answer.evidence)
            }
        },
        HandoverCase("another ephemeral key", [.notBound]) { stage in
            stage.answered = { answer in
                let sealed = HPKEMessage(encapsulated: [UInt8](0..<32), ciphertext: answer.sealed.ciphertext)
                return HandoverAnswer(session: answer.session, sealed: sealed, evidence: answer.evidence)
            }
        },
        HandoverCase("another session", [.nonceMismatch]) { stage in
            stage.answered = {
                HandoverAnswer(
                    session: [UInt8](repeating: 0, count: 16), sealed: $0.sealed, evidence: $0.evidence)
            }
        },
        HandoverCase("an expired list", [.listExpired]) { stage in
            stage.list = ReleaseList(issue: 7, expiresAt: HandoverStage.now, releases: stage.list.releases)
        },
        HandoverCase("below the list's minimum", [.minimumTCB]) { stage in
            let floor = TCBFloor(product: .genoa, minimum: [.snp: 28])
            stage.list = ReleaseList(
                issue: 7, expiresAt: stage.list.expiresAt,
                releases: [.init(measurement: HandoverStage.measurement, note: "", minimumTCB: [floor])])
        },
        HandoverCase("a receiver without evidence of its own", [.ownEvidence]) { stage in
            stage.receiver.flaw = .strangersRoot
            stage.receiver.isRootPinned = false
        },
    ]

    @Test("Everything that is against it is said, and nothing else", arguments: cases)
    func judges(_ example: HandoverCase) throws {
        var stage = HandoverStage()
        example.change(&stage)
        let acceptance = try stage.acceptance()
        #expect(Set(acceptance.findings.map(\.refusal)) == Set(example.refusals), "\(acceptance.findings)")
        #expect(acceptance.takes == example.refusals.isEmpty)
    }
}
