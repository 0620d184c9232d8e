import AttestationFixtures
import Attestation
import Cryptography
import DeviceSimulation
import Primitives

/// Two machines and what they say to one another; a test changes one thing and looks what comes of it.
struct HandoverStage: Sendable {
    static let now = Timestamp(unixSeconds: 1_790_000_000)
    static let gateway = "https://gateway.example"
    /// What every report of a fixture measures, unless it says otherwise.
    static let measurement = [UInt8](repeating: 0xA5, count: 48)
    static let other = [UInt8](repeating: 0x5A, count: 48)

    /// One machine with its guest.
    struct Side: Sendable {
        var product = FixtureProduct.genoa
        var chip = "first"
        var flaw: EvidenceFlaw?
        var tcb: FixtureTCB?
        var version: UInt32 = 5
        var shape: @Sendable (inout FixtureReport) -> Void = { _ in }
        /// Whether the verifiers pin its root.
        var isRootPinned = true

        func platform() throws -> FixturePlatform {
            try FixturePlatform(
                product, kind: .vcek, flaw: flaw, chipID: FixtureEvidence.chip(named: chip), tcb: tcb,
                at: HandoverStage.now, keys: FixtureFolder.keys)
        }

        func evidence(over data: ReportData?) throws -> (evidence: Evidence, root: [UInt8]) {
            let platform = try platform()
            let report = try platform.report(version: version) { report in
                if let data { report.reportData = data.bytes }
                shape(&report)
            }
            let endorsements = Endorsements(
                vek: platform.vek, intermediate: platform.intermediate, root: platform.root, crl: platform.crl)
            return (Evidence(report: report, endorsements: endorsements), platform.root)
        }
    }

    var giver = Side()
    var receiver = Side(chip: "second")
    var list = ReleaseList(
        issue: 7, expiresAt: HandoverStage.now.adding(seconds: 86_400),
        releases: [ReleaseList.Release(measurement: HandoverStage.measurement, note: "2.1.0")])
    var operators: EvidencePolicy?
    var named: Set<[UInt8]> = []
    /// What the receiver's report is made for.
    var purpose = HandoverPurpose.request
    /// What is found under the session.
    var found: @Sendable (HandoverOffer) -> HandoverSessions.Found = { .open($0) }
    /// Changes the claim after the report was made over it.
    var claimed: @Sendable (HandoverRequest.Claim) -> HandoverRequest.Claim = { $0 }
    var asked = HandoverStage.gateway
    /// What the giver's report is made for.
    var answerPurpose = HandoverPurpose.answer
    /// Changes the answer after the report was made over it.
    var answered: @Sendable (HandoverAnswer) -> HandoverAnswer = { $0 }

    static let offer = HandoverOffer(
        session: [UInt8](1...16), nonce: [UInt8](repeating: 0x11, count: 32), gateway: gateway,
        rootCommitment: [UInt8](repeating: 0x22, count: 32), recoverySet: nil)

    static func claim() throws -> HandoverRequest.Claim {
        HandoverRequest.Claim(
            answering: offer, nonce: [UInt8](repeating: 0x33, count: 32), publicKey: try key().publicKey)
    }

    static func key() throws -> X25519PrivateKey {
        X25519PrivateKey(scalar: try Secret(copying: [UInt8](repeating: 0x44, count: 32)))
    }

    /// The receiver's request, its evidence over what it claims unless something was changed.
    func request() throws -> (request: HandoverRequest, root: [UInt8]) {
        let claim = try HandoverStage.claim()
        let (evidence, root) = try receiver.evidence(
            over: purpose.reportData(HandoverTranscript.request(HandoverStage.offer, claim)))
        return (HandoverRequest(claim: claimed(claim), evidence: evidence), root)
    }

    /// What the giver decides.
    func decision() throws -> HandoverDecision {
        let (request, root) = try request()
        let (own, ownRoot) = try giver.evidence(over: nil)
        let verifier = verifier(ownRoot, root)
        let verdict = verifier.judge(own, by: EvidencePolicy(measurements: nil), at: HandoverStage.now)
        let policy = HandoverPolicy.policy(for: request.evidence, own: verdict, list: list, operators: operators)
        return HandoverDecision(
            found(HandoverStage.offer), request, list: list, own: verdict,
            requester: verifier.judge(request.evidence, by: policy, at: HandoverStage.now), at: HandoverStage.now)
    }

    /// What the receiver makes of the giver's answer.
    func acceptance() throws -> HandoverAcceptance {
        let (request, root) = try request()
        let sealed = HPKEMessage(
            encapsulated: [UInt8](repeating: 9, count: 32), ciphertext: [UInt8](repeating: 8, count: 48))
        let (evidence, ownRoot) = try giver.evidence(
            over: answerPurpose.reportData(HandoverTranscript.answer(HandoverStage.offer, request, sealed)))
        let answer = answered(HandoverAnswer(session: HandoverStage.offer.session, sealed: sealed, evidence: evidence))
        let verifier = verifier(ownRoot, root)
        let own = verifier.judge(request.evidence, by: EvidencePolicy(measurements: nil), at: HandoverStage.now)
        let policy = HandoverPolicy.policy(
            for: answer.evidence, own: own, list: list, named: named, operators: operators)
        return HandoverAcceptance(
            answer, to: request, HandoverStage.offer, gateway: asked, list: list, named: named, own: own,
            giver: verifier.judge(answer.evidence, by: policy, at: HandoverStage.now), at: HandoverStage.now)
    }

    private func verifier(_ giverRoot: [UInt8], _ receiverRoot: [UInt8]) -> Verifier {
        var pins: Set<[UInt8]> = []
        if giver.isRootPinned { pins.insert(SHA256.hash(giverRoot)) }
        if receiver.isRootPinned { pins.insert(SHA256.hash(receiverRoot)) }
        return Verifier(roots: TrustedRoots(pinnedSHA256: pins))
    }
}
