import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Provenance statements")
struct ProvenanceStatementTests {
    @Test("A statement says what in-toto and SLSA ask for, where they ask for it")
    func shape() throws {
        let json = try SampleBuild.statement().json
        #expect(json["_type"] == "https://in-toto.io/Statement/v1")
        #expect(json["predicateType"] == "https://slsa.dev/provenance/v1")
        let subjects = try #require(json["subject"]?.array)
        #expect(subjects.map { $0["name"] } == ["sealgate", "libc.so.6", "libssl.so.3"])
        #expect(subjects[0]["digest"]?["sha256"]?.string == SampleBuild.programHash)
        let definition = try #require(json["predicate"]?["buildDefinition"])
        #expect(definition["buildType"] == "urn:sealgate:make-release:v1")
        let source = definition["externalParameters"]?["source"]
        #expect(source?["uri"]?.string == "git+https://example.org/sealgate@" + SampleBuild.commit)
        #expect(source?["dirty"] == false)
        #expect(definition["internalParameters"]?["sourceDateEpoch"] == 1_700_000_000)
        #expect(definition["internalParameters"]?["invocation"] == ["swift", "build"])
        let dependencies = try #require(definition["resolvedDependencies"]?.array)
        #expect(dependencies[0]["digest"]?["gitCommit"]?.string == SampleBuild.commit)
        #expect(dependencies[1]["uri"] == "pkg:deb/debian/libgcc-s1@1%3A12.2%2Bx-14")
        #expect(dependencies[2]["uri"] == "pkg:deb/debian/libssl3@3.0.17-1~deb12u2")
        #expect(json["predicate"]?["runDetails"]?["builder"]?["id"] == "urn:example:builder")
    }

    @Test("A statement is read as it was written, in whatever order its parts were given")
    func roundTrip() throws {
        let statement = try SampleBuild.statement()
        #expect(try ProvenanceStatement(parsing: statement.bytes) == statement)
        let reversed = try SampleBuild.statement(
            subjects: statement.subjects.reversed(), packages: statement.packages.reversed())
        #expect(reversed.bytes == statement.bytes)
        for dirty in [true, false] {
            let one = try SampleBuild.statement(isDirty: dirty, packages: [])
            #expect(try ProvenanceStatement(parsing: one.bytes).isDirty == dirty)
        }
    }

    @Test("Only the one text of a statement is read", arguments: foreignTexts)
    func onlyCanonical(change: String, fault: ProvenanceFault) throws {
        let parts = change.split(separator: "→", omittingEmptySubsequences: false).map(String.init)
        let text = String(decoding: try SampleBuild.statement().bytes, as: UTF8.self)
        let changed = text.replacing(parts[0], with: parts[1])
        #expect(changed != text)
        #expect(throws: fault) { try ProvenanceStatement(parsing: Array(changed.utf8)) }
    }

    @Test("Every cut of a statement is refused")
    func cuts() throws {
        let bytes = try SampleBuild.statement().bytes
        for count in bytes.indices {
            #expect(throws: ProvenanceFault.self) { try ProvenanceStatement(parsing: Array(bytes.prefix(count))) }
        }
        #expect(throws: ProvenanceFault.notCanonical) { try ProvenanceStatement(parsing: bytes + [0x0A]) }
    }

    @Test("Parts that may not stand in a statement are refused by name")
    func parts() throws {
        let program = ProvenanceStatement.Subject(name: "sealgate", sha256: SampleBuild.programHash)
        func refuses(_ name: String, _ make: () throws(ProvenanceFault) -> ProvenanceStatement) {
            #expect(throws: ProvenanceFault.member(name)) { try make() }
        }
        refuses("subject") { () throws(ProvenanceFault) in try SampleBuild.statement(subjects: []) }
        refuses("subject") { () throws(ProvenanceFault) in try SampleBuild.statement(subjects: [program, program]) }
        refuses("subject") { () throws(ProvenanceFault) in
            try SampleBuild.statement(subjects: [.init(name: "sealgate", sha256: "AB")])
        }
        refuses("subject") { () throws(ProvenanceFault) in
            try SampleBuild.statement(subjects: [.init(name: "libc.so.6", sha256: SampleBuild.libraryHash)])
        }
        for commit in ["", "abc", String(repeating: "A", count: 40), String(repeating: "a", count: 41)] {
            refuses("gitCommit") { () throws(ProvenanceFault) in try SampleBuild.statement(commit: commit) }
        }
        for text in ["", "line\nbreak", "\u{1B}[31m", "é", String(repeating: "x", count: 513)] {
            refuses("builder") { () throws(ProvenanceFault) in try SampleBuild.statement(builder: text) }
            refuses("toolchain") { () throws(ProvenanceFault) in try SampleBuild.statement(toolchain: text) }
            refuses("source") { () throws(ProvenanceFault) in try SampleBuild.statement(source: text) }
            refuses("invocation") { () throws(ProvenanceFault) in try SampleBuild.statement(invocation: [text]) }
            refuses("packages") { () throws(ProvenanceFault) in
                try SampleBuild.statement(packages: [.init(name: "a", version: text)])
            }
        }
        #expect(try SampleBuild.statement(builder: String(repeating: "x", count: 512)).builder.count == 512)
        refuses("source") { () throws(ProvenanceFault) in
            try SampleBuild.statement(source: "git+https://me:word@example.org/x")
        }
        refuses("sourceDateEpoch") { () throws(ProvenanceFault) in try SampleBuild.statement(committedAt: -1) }
        refuses("invocation") { () throws(ProvenanceFault) in try SampleBuild.statement(invocation: []) }
    }

    @Test("An envelope of another type holds no statement, however good its contents")
    func otherType() throws {
        let statement = try SampleBuild.statement()
        let envelope = DSSEEnvelope(payloadType: "application/json", payload: statement.bytes, signatures: [])
        #expect(throws: ProvenanceFault.otherType("application/json")) { try ProvenanceStatement(in: envelope) }
        #expect(try ProvenanceStatement(in: statement.envelope(signedBy: [])) == statement)
    }

    private static let foreignTexts: [(String, ProvenanceFault)] = [
        ("Statement/v1→Statement/v0.1", .member("_type")),
        ("provenance/v1→provenance/v0.2", .member("predicateType")),
        ("make-release:v1→make-release:v2", .member("buildType")),
        ("\"dirty\":false→\"dirty\":0", .member("dirty")),
        ("\"dirty\":false,→", .member("dirty")),
        ("1700000000→\"1700000000\"", .member("sourceDateEpoch")),
        ("\"sealgate\"→\"sealgate2\"", .member("subject")),
        ("1700000000→1.7e9", .member("sourceDateEpoch")),
        ("{\"_type\"→{ \"_type\"", .notCanonical),
        ("\"configuration\":\"release\"→\"configuration\":\"debug\"", .notCanonical),
        ("\"dirty\":false→\"dirty\":false,\"note\":1", .notCanonical),
        ("libssl3@3.0.17→libssl3@3.0.18", .notCanonical),
        ("\"name\":\"libc.so.6\"→\"name\":\"libz.so.1\"", .notCanonical),
        ("urn:example→urn\\u003aexample", .notCanonical),
    ]
}
