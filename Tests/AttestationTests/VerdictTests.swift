import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("A verdict")
struct VerdictTests {
    @Test("trusts genuine evidence that meets the policy", arguments: ["milan", "turin", "genoa"])
    func trusted(name: String) throws {
        let verdict = try Sample(name: name).verdict()
        #expect(verdict.isTrusted, "\(verdict.json.text)")
        #expect(verdict.isAuthentic)
        #expect(verdict.product?.rawValue == name)
        #expect(verdict.revocation == (name == "milan" ? .checked : .notChecked))
    }

    @Test("takes a VLEK only of a cloud on the list")
    func cloud() throws {
        let vek = VEKCertificate(try X509Certificate(der: try Sample.vlek.file("vek.der")))
        let cloud = try #require(vek.cloudProvider)
        let listed = try Sample.vlek.verdict { _, policy in
            policy.clouds = [cloud]
            policy.products = [.genoa]
        }
        #expect(listed.reasons == [.policyProduct])
        let other = try Sample.vlek.verdict { _, policy in policy.clouds = [] }
        #expect(other.reasons == [.policyProduct, .policyCSP])
        #expect(other.isAuthentic)
    }

    @Test("takes nothing under a root that is not pinned")
    func otherRoot() throws {
        let sample = Sample.milan
        let verdict = Verifier().judge(try sample.evidence(), by: try sample.policy(), at: Sample.now)
        #expect(verdict.reasons == [.untrustedRoot])
        #expect(!verdict.isTrusted && !verdict.isAuthentic)
    }

    @Test("puts the built-in root where evidence has none, and no other")
    func builtInRoot() throws {
        #expect(try Sample.genoa.verdict { evidence, _ in evidence.endorsements.root = nil }.isTrusted)
        var evidence = try Sample.milan.evidence()
        evidence.endorsements.root = nil
        let verdict = Verifier().judge(evidence, by: try Sample.milan.policy(), at: Sample.now)
        #expect(verdict.reasons.contains(.chain) && !verdict.isTrusted)
    }

    @Test("knows AMD's three roots by their pins")
    func pins() throws {
        #expect(AMDRoots.pins.count == 3)
        for (product, pin) in AMDRoots.pins {
            let root = try #require(TrustedRoots.amd.certificate(for: product))
            #expect(Hex.encode(root.sha256) == pin)
            #expect(root.isSigned(by: root))
            #expect(root.subject.commonName == "ARK-\(product.name)")
        }
        #expect(TrustedRoots.amd.certificate(for: .venice) == nil)
    }

    /// Which certificates are taken from which sample, and what must be wrong. The report is Milan's, by a VCEK.
    static let mixtures: [(vek: String, intermediate: String, root: String, reasons: Set<RejectReason>)] = [
        ("milan", "vlek", "milan", [.chain]), ("milan", "milan", "turin", [.untrustedRoot, .chain]),
        ("milan", "turin", "milan", [.chain]), ("milan", "genoa", "genoa", [.untrustedRoot, .chain]),
        ("vlek", "milan", "milan", [.chain, .keyKindMismatch, .policyCSP, .reportSignature]),
        ("vlek", "vlek", "milan", [.keyKindMismatch, .policyCSP, .reportSignature]),
        // The samples' VCEKs share one key, so the signature alone would hold.
        ("turin", "turin", "turin", [.productMismatch, .untrustedRoot, .hwidMismatch, .tcbMismatch]),
        (
            "genoa", "genoa", "genoa",
            [.productMismatch, .untrustedRoot, .hwidMismatch, .tcbMismatch, .reportSignature]
        ),
    ]

    @Test("takes no certificates that do not belong together", arguments: mixtures)
    func mixture(vek: String, intermediate: String, root: String, reasons: Set<RejectReason>) throws {
        let endorsements = Endorsements(
            vek: try Sample(name: vek).file("vek.der"),
            intermediate: try Sample(name: intermediate).file("intermediate.der"),
            root: try Sample(name: root).file("root.der"))
        let verdict = try Sample.milan.verdict { evidence, policy in
            evidence.endorsements = endorsements
            policy.clouds = []
        }
        #expect(Set(verdict.reasons) == reasons, "\(verdict.json.text)")
        #expect(!verdict.isAuthentic && !verdict.isTrusted)
    }

    @Test("takes an intermediate or a VEK in no other's place")
    func misplaced() throws {
        let good = try Sample.milan.evidence().endorsements
        let misplaced = [
            Endorsements(vek: good.intermediate, intermediate: good.intermediate, root: good.root),
            Endorsements(vek: good.vek, intermediate: good.root, root: good.root),
            Endorsements(vek: good.vek, intermediate: good.vek, root: good.root),
            Endorsements(vek: good.vek, intermediate: good.intermediate, root: good.intermediate),
            Endorsements(vek: good.root, intermediate: good.intermediate, root: good.vek),
        ]
        for endorsements in misplaced {
            let verdict = try Sample.milan.verdict { evidence, _ in evidence.endorsements = endorsements }
            #expect(verdict.reasons.contains(.chain) && !verdict.isAuthentic, "\(verdict.json.text)")
        }
    }

    @Test("holds each certificate to its time, to the second")
    func time() throws {
        let vek = try X509Certificate(der: try Sample.genoa.file("vek.der"))
        let moments: [(Timestamp, Bool)] = [
            (vek.notBefore, true), (vek.notBefore.adding(seconds: -1), false), (vek.notAfter, true),
            (vek.notAfter.adding(seconds: 1), false),
        ]
        for (moment, isValid) in moments {
            let verdict = try Sample.genoa.verdict(at: moment)
            #expect(verdict.reasons == (isValid ? [] : [.certificateTime]), "\(moment.iso8601)")
        }
    }

    @Test("says what is missing, and leaves unasked what needs it")
    func missing() throws {
        let members: [WritableKeyPath<Endorsements, [UInt8]?>] = [\.vek, \.intermediate]
        for member in members {
            let verdict = try Sample.milan.verdict { evidence, _ in evidence.endorsements[keyPath: member] = nil }
            #expect(verdict.reasons == [.missingCertificate])
            #expect(!verdict.isTrusted && !verdict.isAuthentic)
            #expect(verdict[.chain]?.outcome == .notChecked("the chain is not whole"))
        }
        let nothing = try Sample.milan.verdict { evidence, _ in
            evidence = Evidence(report: [], endorsements: Endorsements())
        }
        #expect(nothing.reasons == [.format, .missingCertificate])
        #expect(!nothing.isTrusted)
    }

    @Test("lists every failure, in the order of the questions")
    func all() throws {
        let verdict = try Sample.milan.verdict(
            { evidence, policy in
                evidence.report[0x090] ^= 1
                evidence.report[0x187] &-= 1
                evidence.report[0x00A] |= 0x08
                evidence.endorsements.crl = nil
                policy.revocation = .required
            }, at: Timestamp(unixSeconds: 4_000_000_000))
        #expect(
            verdict.reasons == [
                .certificateTime, .revocation, .tcbMismatch, .reportSignature, .policyDebug, .policyMeasurement,
            ])
        let details = verdict.failures.map(\.detail)
        #expect(details.allSatisfy { !$0.isEmpty })
        #expect(details.contains { $0.contains("microcode") })
    }

    @Test("refuses every report of which a single bit was changed")
    func flippedReport() throws {
        let sample = Sample.milan
        let verifier = Verifier(roots: try sample.roots())
        let policy = try sample.policy()
        let good = try sample.evidence()
        for place in 0..<Report.byteCount {
            var evidence = good
            evidence.report[place] ^= 1 << UInt8(place % 8)
            #expect(!verifier.judge(evidence, by: policy, at: Sample.now).isAuthentic, "byte \(place)")
        }
        #expect(verifier.judge(good, by: policy, at: Sample.now).isTrusted)
    }

    @Test("refuses every certificate of which a single bit was changed")
    func flippedCertificate() throws {
        let sample = Sample.turin
        let verifier = Verifier(roots: try sample.roots())
        let policy = try sample.policy()
        let good = try sample.evidence()
        let members: [WritableKeyPath<Endorsements, [UInt8]?>] = [\.vek, \.intermediate, \.root]
        for member in members {
            let der = try #require(good.endorsements[keyPath: member])
            for place in der.indices {
                var evidence = good
                evidence.endorsements[keyPath: member]?[place] ^= 1 << UInt8(place % 8)
                #expect(!verifier.judge(evidence, by: policy, at: Sample.now).isAuthentic, "byte \(place)")
            }
        }
        #expect(verifier.judge(good, by: policy, at: Sample.now).isTrusted)
    }

    @Test("grows by what others have checked, and never takes a failure back")
    func record() throws {
        var verdict = try Sample.milan.verdict { _, policy in
            policy.maximumAgeSeconds = 60
            policy.requiresNonce = true
        }
        #expect(verdict.reasons == [] && !verdict.isTrusted && verdict.isAuthentic)
        verdict.record(Check(.age, .pass, isRequired: false))
        #expect(!verdict.isTrusted)
        verdict.record(Check(.nonce, .pass, isRequired: false))
        #expect(verdict.isTrusted)
        verdict.record(Check(.age, .fail(.policyAge, "too old"), isRequired: false))
        verdict.record(Check(.age, .pass, isRequired: true))
        #expect(verdict.reasons == [.policyAge] && !verdict.isTrusted)
        verdict.record(Check(Check.Name(rawValue: "tls_key"), .notChecked("no TLS"), isRequired: true))
        #expect(verdict[Check.Name(rawValue: "tls_key")]?.isObstacle == true)
    }

    @Test("tells itself in JSON")
    func json() throws {
        let json = try Sample.milan.verdict { _, policy in policy.measurements = [] }.json
        #expect(json["trusted"] == false && json["authentic"] == true && json["revocation"] == "checked")
        let failed = (json["checks"]?.array ?? []).filter { $0["result"] == "fail" }
        #expect(failed.map { $0["reason"] } == ["policy_measurement"])
        #expect(failed.first?["detail"]?.string?.contains("measurement") == true)
    }
}
