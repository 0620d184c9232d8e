import Primitives
import Testing

@testable import Attestation

@Suite("The age of evidence")
struct EvidenceAgeTests {
    static let cases: [(made: Int64, maximum: Int64?, isObstacle: Bool)] = [
        (0, 60, false), (-59, 60, false), (-60, 60, false), (-61, 60, true), (60, 60, false), (61, 60, true),
        (-1_000_000, nil, false), (61, nil, true),
    ]

    @Test("counts to the second, and a time that lies ahead is none", arguments: cases)
    func age(made: Int64, maximum: Int64?, isObstacle: Bool) {
        var policy = EvidencePolicy(measurements: nil)
        policy.maximumAgeSeconds = maximum
        let check = EvidenceAge.check(made: Sample.now.adding(seconds: made), now: Sample.now, policy: policy)
        #expect(check.name == .age && check.isObstacle == isObstacle, "\(check.outcome)")
    }

    @Test("ends the trust that a verdict left open")
    func recorded() throws {
        var policy = try Sample.genoa.policy()
        policy.maximumAgeSeconds = 60
        var fresh = try Sample.genoa.verdict { _, policy in policy.maximumAgeSeconds = 60 }
        var old = fresh
        #expect(!fresh.isTrusted)
        fresh.record(EvidenceAge.check(made: Sample.now, now: Sample.now, policy: policy))
        old.record(EvidenceAge.check(made: Sample.now.adding(seconds: -61), now: Sample.now, policy: policy))
        #expect(fresh.isTrusted && !old.isTrusted)
        #expect(old.reasons == [.policyAge])
    }
}
