import Cryptography
import Foundation
import Primitives
import Testing

@testable import Attestation

/// The shared conformance vectors, which lie beside the package: real reports, and ones altered in a single place.
enum SharedVectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors/sev-snp")

    /// Whether they are there. What needs them is enabled by this; the synthetic suites always run.
    static let arePresent = FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path)

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }

    static func json(_ path: String) throws -> JSON {
        try JSON(parsing: bytes(path))
    }

    /// The cases, or nil alone where there are none: the runner calls a test without arguments skipped.
    static let arguments: [String?] = cases.isEmpty ? [nil] : cases

    /// The names of the case folders.
    static let cases: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix("_") && !$0.hasSuffix(".md") }.sorted()
    }()
}

/// One case: evidence, and what a right verifier says of it.
struct VectorCase {
    let name: String
    let expected: JSON

    init(_ name: String) throws {
        self.name = name
        expected = try SharedVectors.json("\(name)/expected.json")
    }

    var evidence: Evidence {
        get throws {
            Evidence(
                report: try file("report") ?? [],
                endorsements: Endorsements(
                    vek: try file("vek"), intermediate: try file("intermediate"), root: try file("root")))
        }
    }

    var now: Timestamp {
        get throws { try #require(expected["verify_time"]?.string.flatMap { Timestamp(iso8601: $0) }) }
    }

    var roots: TrustedRoots {
        get throws {
            if expected["trust_roots"]?.string == "amd-default" { return .amd }
            let named = try file("root")
            let root = try #require(named)
            return TrustedRoots(pinnedSHA256: [SHA256.hash(root)])
        }
    }

    private func file(_ member: String) throws -> [UInt8]? {
        guard let path = expected["files"]?[member]?.string else { return nil }
        return try SharedVectors.bytes("\(name)/\(path)")
    }
}
