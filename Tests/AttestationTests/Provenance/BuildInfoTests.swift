import Primitives
import Testing

@testable import Attestation

@Suite("What is known about the build")
struct BuildInfoTests {
    private func info(hash: String) throws -> BuildInfo {
        let statement = try SampleBuild.statement()
        return BuildInfo(
            codeHash: try #require(CodeHash(hex: hash)),
            provenance: .found(path: "p", statement.envelope(signedBy: []), statement))
    }

    @Test("A provenance of this program gives the commit, its time and whether it was clean")
    func named() throws {
        let info = try info(hash: SampleBuild.programHash)
        #expect(info.gitCommit == SampleBuild.commit)
        #expect(info.buildTime == Timestamp(unixSeconds: 1_700_000_000))
        #expect(info.isDirty == false)
        #expect(info.json["buildTime"] == "2023-11-14T22:13:20.000Z")
    }

    @Test("A provenance of another program, or none, gives nothing but the hash")
    func others() throws {
        let hash = String(repeating: "00", count: 32)
        let known = try #require(CodeHash(hex: hash))
        for info in [
            try info(hash: hash), BuildInfo(codeHash: known, provenance: .absent(path: "p")),
            BuildInfo(codeHash: known, provenance: .unusable(path: "p", reason: "r")),
        ] {
            #expect(info.codeHash.hex == hash)
            #expect(info.gitCommit == nil && info.buildTime == nil && info.isDirty == nil)
            #expect(info.json["gitCommit"] == .null && info.json["dirty"] == .null)
        }
    }
}
