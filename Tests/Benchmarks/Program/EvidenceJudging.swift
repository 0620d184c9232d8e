import Attestation
import AttestationFixtures
import Cryptography
import Primitives

/// What judging evidence costs against the one P-384 verification that it cannot do without.
enum EvidenceJudging {
    static func run(seconds: Int) throws -> JSON {
        let now = SystemClock().now()
        let made = try FixtureEvidence(.genoa, at: now)
        let evidence = Evidence(
            report: made.report,
            endorsements: Endorsements(
                vek: made.platform.vek, intermediate: made.platform.intermediate, root: made.platform.root,
                crl: made.platform.crl))
        let roots = TrustedRoots(pinnedSHA256: [SHA256.hash(made.platform.root)])
        let policy = EvidencePolicy(measurements: nil)
        let verifier = Verifier(roots: roots)
        func judge(_ verifier: Verifier) {
            let verdict = verifier.judge(evidence, by: policy, at: now)
            precondition(verdict.isAuthentic, "fixtures hold: \(verdict.failures)")
        }
        let report = try Report(made.report)
        guard case .p384(let point) = try X509Certificate(der: made.platform.vek).publicKey.kind,
            let key = P384PublicKey(point: point)
        else { throw Unusable() }
        let r = Array(report.raw[0x2A0..<0x2D0].reversed())
        let s = Array(report.raw[0x2E8..<0x318].reversed())
        let alone = Rate.perSecond(seconds: seconds) {
            precondition(key.isValid(r: r, s: s, over: report.raw[..<Report.signedByteCount]), "the signature is valid")
        }
        let cached = Rate.perSecond(seconds: seconds) { judge(verifier) }
        let whole = Rate.perSecond(seconds: seconds) { judge(Verifier(roots: roots)) }
        return [
            "verifyPerSecond": .integer(alone), "judgePerSecond": .integer(cached),
            "judgeFromDERPerSecond": .integer(whole),
        ]
    }

    private struct Unusable: Error {}
}
