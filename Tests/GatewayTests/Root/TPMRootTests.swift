import Attestation
import DeviceSimulation
import Foundation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("A root sealed by a TPM")
struct TPMRootTests {
    /// The sealed gateway's folder, with a TPM instead of a derived key, and the policies that were signed.
    private struct Bench {
        let sealed: SealedGateway
        let authority: PolicyAuthority

        init() throws {
            sealed = try SealedGateway()
            authority = try PolicyAuthority()
            try FileManager.default.createDirectory(
                atPath: sealed.folder.file("policies"), withIntermediateDirectories: false)
            try sealed.folder.write("authority.pem", try authority.publicKey())
        }

        func settings(_ tpm: SimulatedTPM) -> [String: String] {
            [
                "SEALGATE_ROOT_SEALING": "tpm", "SEALGATE_TPM": tpm.transport, "SEALGATE_TPM_PCRS": "4,7,11",
                "SEALGATE_TPM_AUTHORITY": sealed.folder.file("authority.pem"),
                "SEALGATE_TPM_POLICIES": sealed.folder.file("policies"),
            ]
        }

        /// Signs the registers as they are.
        func approve(_ tpm: SimulatedTPM, as name: String) throws {
            let path = sealed.folder.file("policies/\(name).policy")
            try RootRecovery.writePolicy(try sealed.configuration(settings(tpm)), values: nil, to: path)
            let digest = try sealed.folder.read("policies/\(name).policy")
            try sealed.folder.write("policies/\(name).sig", try authority.sign(digest))
        }

        @discardableResult
        func run<R>(_ tpm: SimulatedTPM, _ body: (TestGateway) async throws -> R) async throws -> R {
            try await withAttestedGateway(
                on: sealed.machine, in: sealed.folder, settings: sealed.settings.merging(settings(tpm)) { $1 }
            ) { try await body($0.gateway) }
        }
    }

    @Test("It begins only with a signed policy; another TPM stops the start, and shares bring the wallets there")
    func journey() async throws {
        let bench = try Bench()
        let (first, second) = (try SimulatedTPM(), try SimulatedTPM())
        let unsigned = try await bench.sealed.complaint(bench.settings(first))
        #expect(unsigned?.contains("which the authority has not signed") == true, "\(unsigned ?? "it started")")
        #expect(try bench.sealed.rootFiles().isEmpty)

        try bench.approve(first, as: "release")
        let key = try await bench.run(first) { gateway in
            let posture = try await gateway.send(.get, "/api/attestation/security").good()
            #expect(posture["keySources"]["rootSecret"] == "tpm_pcr")
            return try await gateway.visitor().key
        }
        try await bench.run(first) { _ = try await $0.visitor(key) }

        let before = try bench.sealed.rootFiles()
        let moved = try await bench.sealed.complaint(bench.settings(second))
        #expect(moved?.contains("this TPM does not know the copy") == true, "\(moved ?? "it started")")
        #expect(try bench.sealed.rootFiles() == before)
        let other = try await bench.sealed.complaint()
        #expect(other?.contains("it was sealed by `tpm`") == true, "\(other ?? "it started")")

        _ = try await RootRecovery.restore(
            bench.sealed.configuration(bench.settings(second)), lines: bench.sealed.lines([0, 2]), document: nil,
            clock: SystemClock(), random: SystemRandom())
        try await bench.run(second) { _ = try await $0.visitor(key) }
    }

    @Test(
        "A setting that is missing or no such thing is named",
        arguments: ["SEALGATE_TPM_PCRS", "SEALGATE_TPM_AUTHORITY", "SEALGATE_TPM_POLICIES"])
    func settings(name: String) async throws {
        let bench = try Bench()
        var settings = bench.settings(try SimulatedTPM())
        settings[name] = name == "SEALGATE_TPM_PCRS" ? "24" : "/nowhere"
        #expect(try await bench.sealed.complaint(settings)?.contains(name) == true)
        settings[name] = ""
        #expect(try await bench.sealed.complaint(settings)?.contains(name) == true)
    }
}
