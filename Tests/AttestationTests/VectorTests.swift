import Cryptography
import Foundation
import Primitives
import Testing

@testable import Attestation

@Suite("Verdicts on the shared vectors, where they lie beside the package")
struct VectorTests {
    @Test("Each case gets the verdict and the reason of its expectation", arguments: SharedVectors.arguments)
    func verdict(name: String?) throws {
        guard let name else { return }
        let vector = try VectorCase(name)
        let verdict = Verifier(roots: try vector.roots).judge(
            try vector.evidence, by: EvidencePolicy(measurements: nil), at: try vector.now)
        guard let isExpected = vector.expected["verified"]?.bool else { return }
        #expect(verdict.isAuthentic == isExpected, "\(verdict.json.text)")
        let reasons = authenticityFailures(verdict)
        guard let expected = vector.expected["reject_reason"], !expected.isNull else {
            #expect(reasons == [])
            return
        }
        let anyOf = expected.array?.compactMap(\.string) ?? [expected.string ?? ""]
        let first = try #require(reasons.first?.rawValue)
        #expect(anyOf.contains(first), "\(verdict.json.text)")
        // A single expected reason means that nothing else is wrong.
        if anyOf.count == 1 { #expect(Set(reasons.map(\.rawValue)) == Set(anyOf), "\(verdict.json.text)") }
    }

    private func authenticityFailures(_ verdict: Verdict) -> [RejectReason] {
        verdict.failures.filter { Verdict.authenticity.contains($0.name) }.map(\.reason)
    }

    @Test("A strict policy takes and refuses what the cases say", arguments: SharedVectors.arguments)
    func strictPolicy(name: String?) throws {
        guard let name else { return }
        let vector = try VectorCase(name)
        guard let strict = vector.expected["strict_policy"], !strict.isNull else { return }
        var policy = EvidencePolicy(measurements: nil)
        policy.requiresAliasCheck = false
        let verdict = Verifier(roots: try vector.roots).judge(try vector.evidence, by: policy, at: try vector.now)
        let asked: Set<Check.Name> = [.debug, .migration, .vmpl, .tcbOrder]
        let failed = verdict.failures.filter { asked.contains($0.name) }
        let ours: [String: RejectReason] = [
            "policy_debug": .policyDebug, "policy_migrate_ma": .policyMigration, "vmpl_nonzero": .policyVMPL,
            "committed_tcb_above_current": .policyTCB, "reported_tcb_above_current": .policyTCB,
        ]
        let wanted = (strict["reasons"]?.array ?? []).compactMap { ours[$0.string ?? ""] }
        #expect(wanted.count == strict["reasons"]?.array?.count)
        #expect(failed.map(\.reason) == wanted, "\(verdict.json.text)")
        #expect(failed.isEmpty == strict["accept"]?.bool)
    }

    @Test("Every field is decoded to what the case says", arguments: SharedVectors.arguments)
    func fields(name: String?) throws {
        guard let name else { return }
        let vector = try VectorCase(name)
        guard let expected = vector.expected["report"], !expected.isNull else { return }
        guard let report = try? Report(try vector.evidence.report) else {
            #expect(vector.expected["verified"]?.bool != true)
            return
        }
        let decoded = ReportFields(report)
        for member in expected.members ?? [] where member.name != "family" {
            #expect(decoded.values[member.name] == member.value, "\(member.name)")
        }
        if expected["cpuid_family_id"]?.string == "0x19" || expected["cpuid_family_id"]?.string == "0x1a",
            let product = report.product
        {
            #expect(product.name == expected["family"]?.string)
        }
    }

    @Test("Every real certificate's fields are decoded to what the case says", arguments: SharedVectors.arguments)
    func certificate(name: String?) throws {
        guard let name else { return }
        let vector = try VectorCase(name)
        guard let expected = vector.expected["vek"], !expected.isNull else { return }
        let endorsements = try vector.evidence.endorsements
        let der = try #require(endorsements.vek)
        let vek = VEKCertificate(try X509Certificate(der: der))
        #expect(vek.problems == [])
        #expect(vek.kind?.name == expected["kind"]?.string)
        #expect(vek.certificate.notBefore.iso8601.hasPrefix(expected["not_before"]?.string?.dropLast() ?? "?"))
        #expect(vek.certificate.notAfter.iso8601.hasPrefix(expected["not_after"]?.string?.dropLast() ?? "?"))
        #expect(Hex.encode(vek.certificate.sha256) == expected["sha256"]?.string)
        #expect(vek.hardwareID.map { Hex.encode($0) } == expected["hwid"]?.string)
        #expect(vek.cloudProvider == expected["csp_id"]?.string)
        for component in TCBVersion.Component.allCases {
            #expect(vek.securityVersions[component].map(Int64.init) == expected["tcb"]?[component.rawValue]?.integer)
        }
    }

    @Test("Certificate tables are read, or refused, as their expectation says")
    func tables() throws {
        guard SharedVectors.arePresent else { return }
        for expected in try SharedVectors.json("_cert_tables/expected.json").array ?? [] {
            let name = try #require(expected["file"]?.string)
            let table = try? CertificateTable(try SharedVectors.bytes("_cert_tables/\(name)"))
            #expect((table != nil) == expected["ok"]?.bool, "\(name)")
            guard let table else { continue }
            let found = [
                "ark": table.root, "ask": table.intermediate, "vcek": table.vcek, "vlek": table.vlek,
            ].compactMapValues { $0.map { Hex.encode(SHA256.hash($0)) } }
            let wanted = (expected["entries"]?.array ?? []).filter { $0["kind"]?.string != "other" }
            #expect(found.count == wanted.count, "\(name)")
            for entry in wanted { #expect(found[entry["kind"]?.string ?? ""] == entry["sha256"]?.string, "\(name)") }
        }
    }

    @Test("Revocation lists are judged as their expectation says")
    func revocationLists() throws {
        guard SharedVectors.arePresent else { return }
        for expected in try SharedVectors.json("_crl/expected.json").array ?? [] {
            let why = Comment(rawValue: expected["why"]?.string ?? "?")
            func certificate(_ member: String) throws -> X509Certificate {
                let path = try #require(expected[member]?.string)
                return try X509Certificate(der: try SharedVectors.bytes("_crl/\(path)"))
            }
            let der = try SharedVectors.bytes("_crl/\(expected["crl"]?.string ?? "?")")
            let now = try #require(expected["at"]?.string.flatMap { Timestamp(iso8601: $0) })
            let list = try CertificateRevocationList(der: der)
            let root = try certificate("root")
            let intermediate = try certificate("checked_certificate")
            #expect(list.isSigned(by: root) == expected["crl_signature_ok"]?.bool, why)
            #expect(list.isCurrent(at: now) == expected["crl_current"]?.bool, why)
            let isGood = expected["crl_signature_ok"]?.bool == true
            if isGood {
                #expect(list.revokedSerials.contains(intermediate.serial) == expected["revoked"]?.bool, why)
            }
            let isClean = isGood && expected["crl_current"]?.bool == true && expected["revoked"]?.bool == false
            let revocation = Revocation(
                list: der, intermediate: intermediate, root: root, mode: .required, at: now, VerifiedSignatures())
            #expect((revocation.outcome == .pass) == isClean, why)
        }
    }
}

@Suite("What the vectors need")
struct VectorPresenceTests {
    @Test("The shared vectors are whole where they are, and their absence is said")
    func presence() {
        guard SharedVectors.arePresent else { return }
        if SharedVectors.arePresent {
            #expect(SharedVectors.cases.count >= 100)
        } else {
            print("The shared vectors are not beside the package: only the synthetic suites judge evidence here.")
            #expect(SharedVectors.cases.isEmpty)
        }
    }
}
