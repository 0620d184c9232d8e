import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("What a provenance says about a program")
struct ProvenanceVerdictTests {
    private func verdict(
        statement: ProvenanceStatement? = nil, signers: [UInt8] = [1], trusting: [UInt8] = [1],
        hash: String = SampleBuild.programHash, libraries: LoadedLibraries? = nil
    ) throws -> ProvenanceVerdict {
        let statement = try statement ?? SampleBuild.statement()
        return ProvenanceVerdict(
            of: statement.envelope(signedBy: try signers.map(SampleBuild.key)), statement,
            codeHash: try #require(CodeHash(hex: hash)), libraries: libraries,
            trusting: Set(try trusting.map { try SampleBuild.key($0).publicKey }))
    }

    @Test("A clean build that a trusted key signed, with this hash, is trusted")
    func good() throws {
        let verdict = try verdict()
        #expect(verdict.isTrusted)
        #expect(verdict.program == .named)
        #expect(verdict.signature == .trusted([try SampleBuild.key(1).publicKey.thumbprint]))
        #expect(verdict.json["signed"] == true)
        #expect(verdict.json["trusted"] == true)
    }

    @Test("One thing amiss is enough to lose trust, and the answer says which")
    func amiss() throws {
        let other = try verdict(hash: String(repeating: "00", count: 32))
        #expect(other.program == .other(SampleBuild.programHash) && !other.isTrusted)
        let dirty = try verdict(statement: SampleBuild.statement(isDirty: true))
        #expect(dirty.isDirty && !dirty.isTrusted && !dirty.holdsWithoutSignature)
        let unsigned = try verdict(signers: [])
        #expect(unsigned.signature == .unsigned && !unsigned.isTrusted && unsigned.holdsWithoutSignature)
        #expect(unsigned.json["signed"] == false)
        #expect(unsigned.json["signedBy"] == .null)
        let stranger = try verdict(signers: [2])
        #expect(stranger.signature == .untrusted && !stranger.isTrusted)
        let unasked = try verdict(trusting: [])
        #expect(unasked.signature == .notChecked && !unasked.isTrusted)
    }

    @Test("Any of several trusted keys will do, and all that signed are named")
    func severalKeys() throws {
        let both = try verdict(signers: [1, 2, 3], trusting: [1, 2, 4])
        let names = try [1, 2].map { try SampleBuild.key($0).publicKey.thumbprint }.sorted()
        #expect(both.signature == .trusted(names))
        #expect(both.isTrusted)
    }

    @Test("A library with another hash, without a name, or that cannot be read, loses trust", arguments: libraries)
    func comparedLibraries(library: LoadedLibraries.Library, state: ProvenanceVerdict.LibraryState) throws {
        let good = LoadedLibraries.Library(path: "/lib/libc.so.6", contents: .sha256(SampleBuild.libraryHash))
        let verdict = try verdict(libraries: LoadedLibraries([good, library]))
        #expect(verdict.libraries?["libc.so.6"] == .asNamed)
        #expect(verdict.libraries?[library.name] == state)
        #expect(verdict.isTrusted == (state == .asNamed))
        let odd = verdict.json["librariesNotAsNamed"]?[library.name]?.string
        #expect(odd == (state == .asNamed ? nil : state.rawValue))
    }

    @Test("Of two libraries of one name the wrong one counts, whichever comes first")
    func sameName() throws {
        let good = LoadedLibraries.Library(path: "/lib/libc.so.6", contents: .sha256(SampleBuild.libraryHash))
        for path in ["/a/libc.so.6", "/zzz/libc.so.6"] {
            let bad = LoadedLibraries.Library(path: path, contents: .sha256(SampleBuild.programHash))
            #expect(try verdict(libraries: LoadedLibraries([good, bad])).libraries?["libc.so.6"] == .differs)
        }
    }

    private static let libraries: [(LoadedLibraries.Library, ProvenanceVerdict.LibraryState)] = [
        (.init(path: "/lib/libssl.so.3", contents: .sha256(SampleBuild.libraryHash)), .asNamed),
        (.init(path: "/lib/libssl.so.3", contents: .sha256(SampleBuild.programHash)), .differs),
        (.init(path: "/lib/libssl.so.3", contents: .replaced), .unknown),
        (.init(path: "/lib/libssl.so.3", contents: .unreadable(13)), .unknown),
        (.init(path: "/tmp/libhook.so", contents: .sha256(SampleBuild.libraryHash)), .notNamed),
        (.init(path: "/tmp/sealgate", contents: .sha256(SampleBuild.programHash)), .notNamed),
    ]
}
