public import Primitives

/// What is known about the build that is running. The hash comes from the program's own file; everything else from a
/// provenance that names this hash. A provenance of another program says nothing about this one and is left out.
public struct BuildInfo: Hashable, Sendable {
    /// The running program's file.
    public let codeHash: CodeHash
    /// The commit that was built; nil when no provenance says.
    public let gitCommit: String?
    /// The time of that commit, never that of the build: two builds of one commit are the same build.
    public let buildTime: Timestamp?
    /// Whether the sources differed from the commit; nil when no provenance says.
    public let isDirty: Bool?

    /// Puts together what the two sources say.
    public init(codeHash: CodeHash, provenance: ProvenanceFile) {
        self.codeHash = codeHash
        guard case .found(_, _, let statement) = provenance,
            statement.subjects.contains(where: {
                $0.name == ProvenanceStatement.programName && $0.sha256 == codeHash.hex
            })
        else {
            gitCommit = nil
            buildTime = nil
            isDirty = nil
            return
        }
        gitCommit = statement.commit
        buildTime = statement.committedAt
        isDirty = statement.isDirty
    }

    /// For answers of the gateway; null for what nobody knows.
    public var json: JSON {
        [
            "buildTime": buildTime.map { .string($0.iso8601) } ?? nil, "codeHash": .string(codeHash.hex),
            "dirty": isDirty.map(JSON.bool) ?? nil, "gitCommit": gitCommit.map(JSON.string) ?? nil,
        ]
    }
}
