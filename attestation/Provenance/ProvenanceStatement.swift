public import Primitives

/// Which sources, tools and libraries a program was built from: an in-toto Statement, version 1, whose predicate is
/// SLSA provenance, version 1 (in-toto/attestation spec/v1/statement.md; slsa.dev/spec/v1.0/provenance).
///
/// There is exactly one text for each statement, and only that text is read. So a reader who knows the members below
/// has read everything that was signed, and two builds have the same provenance when their files are the same.
///
/// It has no time but that of the commit: a wall clock would make every build's provenance another.
public struct ProvenanceStatement: Hashable, Sendable {
    /// A file that the statement is about.
    public struct Subject: Hashable, Sendable {
        /// `sealgate` for the program; the last part of the path for a library, as in `libssl.so.3`.
        public let name: String
        /// SHA-256 of the file, lower-case hex.
        public let sha256: String

        /// A subject by name and digest.
        public init(name: String, sha256: String) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// A Debian package that a loaded library came from.
    public struct Package: Hashable, Sendable {
        /// The package's name, as in `libssl3`.
        public let name: String
        /// Its version, as in `3.0.17-1~deb12u2`.
        public let version: String

        /// A package by name and version.
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// What the program's own file is called among the subjects.
    public static let programName = "sealgate"
    /// in-toto's name for this kind of document.
    public static let statementType = "https://in-toto.io/Statement/v1"
    /// SLSA's name for this kind of predicate.
    public static let predicateType = "https://slsa.dev/provenance/v1"
    /// Names the procedure whose parameters stand in the predicate: `make release`.
    public static let buildType = "urn:sealgate:make-release:v1"
    /// Most subjects or packages: the program loads some 45 libraries.
    public static let maximumEntries = 1_024
    /// Longest name, version, address or argument, in bytes.
    public static let maximumTextBytes = 512

    /// The program first, then the libraries that it loads, in the order of their names.
    public let subjects: [Subject]
    /// Where the sources lie, as in `git+https://host/owner/name`.
    public let source: String
    /// The commit that was built: 40 or 64 hex digits.
    public let commit: String
    /// When the commit was made: `SOURCE_DATE_EPOCH` of the build, whole seconds.
    public let committedAt: Timestamp
    /// Whether the sources differed from the commit: then it does not say what was built.
    public let isDirty: Bool
    /// Who built: a URI that the operator chooses (`builder.id`).
    public let builder: String
    /// What `swift --version` says, first line.
    public let toolchain: String
    /// The packages of the loaded libraries, by name.
    public let packages: [Package]
    /// The compiler's command line, word by word.
    public let invocation: [String]

    /// A statement by its parts; lists are put into order. Throws `member` for a part that may not stand there.
    public init(
        subjects: [Subject], source: String, commit: String, committedAt: Timestamp, isDirty: Bool, builder: String,
        toolchain: String, packages: [Package], invocation: [String]
    ) throws(ProvenanceFault) {
        self.subjects = subjects.sorted { left, right in
            let isFirst = left.name == Self.programName
            return isFirst != (right.name == Self.programName)
                ? isFirst : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        self.packages = packages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.source = source
        self.commit = commit
        self.committedAt = Timestamp(unixSeconds: committedAt.unixSeconds)
        self.isDirty = isDirty
        self.builder = builder
        self.toolchain = toolchain
        self.invocation = invocation
        try check()
    }

    private func check() throws(ProvenanceFault) {
        guard subjects.first?.name == Self.programName, subjects.count <= Self.maximumEntries,
            Set(subjects.map(\.name)).count == subjects.count,
            subjects.allSatisfy({ Self.isText($0.name) && Self.isLowerHex($0.sha256, digits: [64]) })
        else { throw .member("subject") }
        guard Self.isLowerHex(commit, digits: [40, 64]) else { throw .member("gitCommit") }
        guard Self.isText(source), !source.contains("@") else { throw .member("source") }
        guard committedAt.unixSeconds >= 0 else { throw .member("sourceDateEpoch") }
        guard Self.isText(builder) else { throw .member("builder") }
        guard Self.isText(toolchain) else { throw .member("toolchain") }
        guard packages.count <= Self.maximumEntries, Set(packages.map(\.name)).count == packages.count,
            packages.allSatisfy({ Self.isText($0.name) && Self.isText($0.version) })
        else { throw .member("packages") }
        guard !invocation.isEmpty, invocation.count <= Self.maximumEntries, invocation.allSatisfy(Self.isText) else {
            throw .member("invocation")
        }
    }

    /// Printable ASCII of a bounded length: what names, versions and flags are made of, and what any terminal shows as
    /// it is.
    private static func isText(_ text: String) -> Bool {
        (1...maximumTextBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func isLowerHex(_ text: String, digits: Set<Int>) -> Bool {
        digits.contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
