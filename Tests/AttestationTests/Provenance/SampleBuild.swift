import Cryptography
import Primitives

@testable import Attestation

/// A build that never was.
enum SampleBuild {
    static let programHash = String(repeating: "ab", count: 32)
    static let libraryHash = String(repeating: "cd", count: 32)
    static let commit = String(repeating: "0123456789", count: 4)

    /// A key that follows from a number.
    static func key(_ number: UInt8) throws -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: Secret(copying: [UInt8](repeating: number, count: 32)))
    }

    static func statement(
        subjects: [ProvenanceStatement.Subject] = [
            .init(name: "libssl.so.3", sha256: libraryHash), .init(name: "sealgate", sha256: programHash),
            .init(name: "libc.so.6", sha256: libraryHash),
        ],
        source: String = "git+https://example.org/sealgate", commit: String = commit, isDirty: Bool = false,
        committedAt: Int64 = 1_700_000_000, builder: String = "urn:example:builder",
        toolchain: String = "Swift version 6.3.1 (swift-6.3.1-RELEASE)",
        packages: [ProvenanceStatement.Package] = [
            .init(name: "libssl3", version: "3.0.17-1~deb12u2"), .init(name: "libgcc-s1", version: "1:12.2+x-14"),
        ],
        invocation: [String] = ["swift", "build"]
    ) throws(ProvenanceFault) -> ProvenanceStatement {
        try ProvenanceStatement(
            subjects: subjects, source: source, commit: commit, committedAt: Timestamp(unixSeconds: committedAt),
            isDirty: isDirty, builder: builder, toolchain: toolchain, packages: packages, invocation: invocation)
    }
}
