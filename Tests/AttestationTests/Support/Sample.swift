import Cryptography
import Foundation
import Primitives

@testable import Attestation

/// Evidence that lies beside these tests: made with keys of the tests' own under AMD's names, and one real capture.
struct Sample: Sendable {
    let name: String

    static let milan = Sample(name: "milan")
    static let turin = Sample(name: "turin")
    static let vlek = Sample(name: "vlek")
    /// Real: a Siena machine under AMD's own root.
    static let genoa = Sample(name: "genoa")

    /// Within the validity of all of it.
    static let now = Timestamp(unixSeconds: 1_795_132_800)

    func file(_ file: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent("Vectors/\(name)/\(file)")))
    }

    func report() throws -> [UInt8] { try file("report.bin") }

    func evidence() throws -> Evidence {
        Evidence(
            report: try report(),
            endorsements: Endorsements(
                vek: try file("vek.der"), intermediate: try file("intermediate.der"), root: try file("root.der"),
                crl: try? file("current.crl")))
    }

    /// The tests' own root, pinned.
    func roots() throws -> TrustedRoots {
        let root = try file("root.der")
        return TrustedRoots(pinnedSHA256: [SHA256.hash(root)], certificates: [root])
    }

    /// A policy that this sample meets, and that asks as much as it can.
    func policy() throws -> EvidencePolicy {
        let report = try Report(try report())
        var policy = EvidencePolicy(measurements: [report.measurement])
        policy.products = Set(Product.allCases)
        policy.chips = name == "vlek" ? nil : [Array(report.chipID.prefix(name == "turin" ? 8 : 64))]
        policy.clouds = ["CN=cc-test.example"]
        policy.revocation = .ifPresent
        return policy
    }

    func verdict(
        _ change: (inout Evidence, inout EvidencePolicy) -> Void = { _, _ in }, at now: Timestamp = Sample.now
    ) throws -> Verdict {
        var evidence = try evidence()
        var policy = try policy()
        change(&evidence, &policy)
        return Verifier(roots: name == "genoa" ? .amd : try roots()).judge(evidence, by: policy, at: now)
    }
}

extension Verdict {
    /// The kinds of refusal, in order.
    var reasons: [RejectReason] { failures.map(\.reason) }
}
