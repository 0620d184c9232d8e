import Foundation
import Testing

@testable import Attestation

@Suite("Provenance files")
struct ProvenanceFileTests {
    private func withFile<R>(_ bytes: [UInt8]?, _ body: (String) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sealgate-provenance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: ProvenanceFile.name)
        if let bytes { try Data(bytes).write(to: file) }
        return try body(file.path)
    }

    @Test("A good file is found with both of its layers")
    func found() throws {
        let statement = try SampleBuild.statement()
        let envelope = statement.envelope(signedBy: [try SampleBuild.key(1)])
        try withFile(envelope.fileBytes) { path in
            #expect(ProvenanceFile.read(path) == .found(path: path, envelope, statement))
            #expect(ProvenanceFile.ofRunningProgram(path: path) == .found(path: path, envelope, statement))
        }
    }

    @Test("A missing file is told from a bad one")
    func absence() throws {
        try withFile(nil) { path in
            #expect(ProvenanceFile.read(path) == .absent(path: path))
            let folder = String(path.dropLast(ProvenanceFile.name.count + 1))
            guard case .unusable(folder, _) = ProvenanceFile.read(folder) else {
                Issue.record("a folder is no file")
                return
            }
        }
        guard case .absent(let path) = ProvenanceFile.ofRunningProgram(path: nil) else {
            Issue.record("nothing lies beside the program of the tests")
            return
        }
        #expect(path.hasSuffix("/" + ProvenanceFile.name))
    }

    @Test("A bad layer is named")
    func unusable() throws {
        try withFile(Array("{}".utf8)) { path in
            let reason = "it is not an envelope: member(\"payloadType\")"
            #expect(ProvenanceFile.read(path) == .unusable(path: path, reason: reason))
        }
        let strange = DSSEEnvelope(payloadType: DSSEEnvelope.inTotoType, payload: [0x7B], signatures: [])
        try withFile(strange.fileBytes) { path in
            let reason = "it is not a provenance statement: notJSON"
            #expect(ProvenanceFile.read(path) == .unusable(path: path, reason: reason))
        }
        try withFile([UInt8](repeating: 0x20, count: DSSEEnvelope.maximumBytes + 1)) { path in
            #expect(ProvenanceFile.read(path) == .unusable(path: path, reason: "it cannot be read (error 27)"))
        }
    }
}
