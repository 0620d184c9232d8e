public import Cryptography
public import Primitives

/// What a provenance says about a program: a value that is worked out from the statement, the program's hash, the
/// libraries it runs, and the build keys that the reader trusts. Every question has an answer of its own, and one
/// that was not asked is not counted as answered.
public struct ProvenanceVerdict: Hashable, Sendable {
    /// Whether the statement is about this program.
    public enum Program: Hashable, Sendable {
        /// It names this hash.
        case named
        /// It names another one, given here.
        case other(String)
    }

    /// Who vouches for the statement.
    public enum Signature: Hashable, Sendable {
        /// Nobody: an unsigned build.
        case unsigned
        /// These trusted keys, by thumbprint, sorted.
        case trusted([String])
        /// There are signatures, and none is a trusted key's.
        case untrusted
        /// There are signatures, and the reader named no key to trust.
        case notChecked
    }

    /// How a library that runs compares with the statement.
    public enum LibraryState: String, Hashable, Sendable {
        /// It has the hash that is named.
        case asNamed = "as_named"
        /// Its name has another hash.
        case differs
        /// The statement does not name it.
        case notNamed = "not_named"
        /// Its contents could not be read, or were replaced on disk.
        case unknown
    }

    /// Whether the statement names the program's hash.
    public let program: Program
    /// Whether the signature is one to rely on.
    public let signature: Signature
    /// Whether the sources differed from the commit.
    public let isDirty: Bool
    /// Each library that runs, by name; nil if the program is not running here.
    public let libraries: [String: LibraryState]?

    /// Compares. `libraries` is nil when a file is judged that is not running. The hash is public: there is nothing to
    /// hide in how long the comparison takes.
    public init(
        of envelope: DSSEEnvelope, _ statement: ProvenanceStatement, codeHash: CodeHash,
        libraries: LoadedLibraries?, trusting keys: Set<Ed25519PublicKey>
    ) {
        let named = Dictionary(statement.subjects.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        let hash = named[ProvenanceStatement.programName] ?? ""
        program = hash == codeHash.hex ? .named : .other(hash)
        isDirty = statement.isDirty
        if !envelope.isSigned {
            signature = .unsigned
        } else if keys.isEmpty {
            signature = .notChecked
        } else {
            let signers = envelope.signers(among: keys).map(\.thumbprint).sorted()
            signature = signers.isEmpty ? .untrusted : .trusted(signers)
        }
        self.libraries = libraries.map { libraries in
            Dictionary(
                libraries.libraries.map { ($0.name, ProvenanceVerdict.state(of: $0, named: named)) },
                uniquingKeysWith: { $0 == .asNamed ? $1 : $0 })
        }
    }

    /// Whether everything holds: this program, clean sources, a trusted key, and every library that runs as named.
    /// A file that is not running is judged without its libraries.
    public var isTrusted: Bool {
        guard case .trusted = signature else { return false }
        return holdsWithoutSignature
    }

    /// Whether everything holds but for the signature: the statement fits the program, whoever wrote it.
    public var holdsWithoutSignature: Bool {
        program == .named && !isDirty && (libraries?.values.allSatisfy { $0 == .asNamed } ?? true)
    }

    /// For answers of the gateway: `signed` and `signedBy`, `namesCodeHash`, `dirty`, and the libraries that are not as
    /// named.
    public var json: JSON {
        var signedBy: JSON = nil
        if case .trusted(let keys) = signature { signedBy = .array(keys.map(JSON.string)) }
        let odd = (libraries ?? [:]).filter { $0.value != .asNamed }.sorted { $0.key < $1.key }
        return [
            "dirty": .bool(isDirty), "namesCodeHash": .bool(program == .named),
            "signed": .bool(signature != .unsigned), "signedBy": signedBy, "trusted": .bool(isTrusted),
            "librariesChecked": .integer(Int64(libraries?.count ?? 0)),
            "librariesNotAsNamed": .object(odd.map { JSON.Member($0.key, .string($0.value.rawValue)) }),
        ]
    }

    private static func state(of library: LoadedLibraries.Library, named: [String: String]) -> LibraryState {
        guard case .sha256(let hash) = library.contents else { return .unknown }
        guard let expected = named[library.name], library.name != ProvenanceStatement.programName else {
            return .notNamed
        }
        return expected == hash ? .asNamed : .differs
    }
}
