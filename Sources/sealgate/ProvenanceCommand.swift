import Attestation
import Cryptography
import Primitives

/// `sealgate provenance`: what a release was built from, written at the build and verified by whoever gets it.
enum ProvenanceCommand {
    static let help = """
        sealgate provenance - what a release was built from

        usage: sealgate provenance verify [--key FILE]... [--without-key] [--file FILE] [--program FILE]
               sealgate provenance write --source URI --commit HEX --dirty yes|no --committed-at SECONDS
                   --builder URI --toolchain TEXT [--package NAME=VERSION]... --invocation WORD... [--key FILE]
                   --output FILE

        verify   compares a provenance with a program; exit status 0 only if everything holds
          --key FILE        a build key to trust, as `openssl pkey -pubout` writes it; may be repeated
          --without-key     ask for no signature: what is left says which sources are claimed, not by whom
          --file FILE       the provenance; else sealgate.provenance.json beside the program
          --program FILE    the program; else this one, together with the libraries that it runs
        write    writes the provenance of this very program and of the libraries that it runs
          --key FILE        the build key, as `openssl genpkey -algorithm ed25519` writes it; without it: unsigned
          the rest          what the statement says; `make release` fills it in
        """

    static func run(_ words: [String]) -> Int32 {
        let rest = Array(words.dropFirst())
        do {
            switch words.first {
            case "verify": return try verify(Options(rest))
            case "write": return try write(Options(rest))
            default:
                Terminal.complain(help)
                return ExitCode.usage
            }
        } catch let error as UsageError {
            Terminal.complain("sealgate: \(error.text)")
            return ExitCode.usage
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }

    /// A command line that cannot be followed.
    private struct UsageError: Error {
        let text: String
    }

    /// `--name value` pairs, and flags without a value.
    private struct Options {
        private var values: [String: [String]] = [:]
        private static let flags: Set<String> = ["--without-key"]
        private static let known: Set<String> = [
            "--key", "--file", "--program", "--source", "--commit", "--dirty", "--committed-at", "--builder",
            "--toolchain", "--package", "--invocation", "--output",
        ]

        init(_ words: [String]) throws(UsageError) {
            var words = words[...]
            while let word = words.popFirst() {
                if Options.flags.contains(word) {
                    values[word] = [""]
                    continue
                }
                guard Options.known.contains(word) else {
                    throw UsageError(text: "provenance has no option `\(word)`.")
                }
                guard let value = words.popFirst() else { throw UsageError(text: "\(word) needs a value.") }
                values[word, default: []].append(value)
            }
        }

        func all(_ name: String) -> [String] { values[name] ?? [] }

        func has(_ name: String) -> Bool { values[name] != nil }

        func one(_ name: String) throws(UsageError) -> String? {
            guard all(name).count <= 1 else { throw UsageError(text: "\(name) is given twice.") }
            return all(name).first
        }

        func needed(_ name: String) throws(UsageError) -> String {
            guard let value = try one(name) else { throw UsageError(text: "\(name) is missing.") }
            return value
        }
    }

    // MARK: - verify

    private static func verify(_ options: Options) throws -> Int32 {
        let withoutKey = options.has("--without-key")
        let keys = try Set(options.all("--key").map { try Ed25519PublicKey(pem: ReleaseFile.read($0)) })
        guard keys.isEmpty == withoutKey else {
            throw UsageError(text: "name the build key by --key, or ask for none by --without-key.")
        }
        let program = try options.one("--program")
        let file =
            if let path = try options.one("--file") {
                ProvenanceFile.read(path)
            } else if let program {
                ProvenanceFile.read(ReleaseFile.folder(of: program) + ProvenanceFile.name)
            } else {
                ProvenanceFile.ofRunningProgram(path: nil)
            }
        switch file {
        case .absent(let path):
            Terminal.complain("sealgate: there is no provenance at \(path).")
            return ExitCode.failed
        case .unusable(let path, let reason):
            Terminal.complain("sealgate: \(path): \(reason).")
            return ExitCode.failed
        case .found(_, let envelope, let statement):
            let codeHash =
                if let program { try CodeHash(ofFile: program) } else { try CodeHash.ofRunningProgram() }
            let libraries = program == nil ? try LoadedLibraries.ofThisProcess() : nil
            let verdict = ProvenanceVerdict(
                of: envelope, statement, codeHash: codeHash, libraries: libraries, trusting: keys)
            show(statement, verdict, codeHash)
            let isGood = withoutKey ? verdict.holdsWithoutSignature : verdict.isTrusted
            Terminal.say(isGood ? "everything holds" : "NOT EVERYTHING HOLDS")
            return isGood ? ExitCode.done : ExitCode.failed
        }
    }

    private static func show(_ statement: ProvenanceStatement, _ verdict: ProvenanceVerdict, _ codeHash: CodeHash) {
        Terminal.say("program     \(codeHash.hex)")
        switch verdict.program {
        case .named: Terminal.say("names it    yes")
        case .other(let hash): Terminal.say("names it    NO: it names \(hash)")
        }
        switch verdict.signature {
        case .unsigned: Terminal.say("signed      no")
        case .trusted(let keys): Terminal.say("signed      by \(keys.joined(separator: ", "))")
        case .untrusted: Terminal.say("signed      NOT BY A KEY THAT WAS NAMED")
        case .notChecked: Terminal.say("signed      not checked")
        }
        Terminal.say("source      \(statement.source)")
        Terminal.say("commit      \(statement.commit) of \(statement.committedAt.iso8601)")
        Terminal.say("clean       \(verdict.isDirty ? "NO: the sources differed from the commit" : "yes")")
        Terminal.say("builder     \(statement.builder)")
        Terminal.say("toolchain   \(statement.toolchain)")
        guard let libraries = verdict.libraries else {
            Terminal.say("libraries   not checked: the program is not the one that runs")
            return
        }
        let odd = libraries.filter { $0.value != .asNamed }.sorted { $0.key < $1.key }
        Terminal.say("libraries   \(libraries.count - odd.count) of \(libraries.count) as named")
        for (name, state) in odd { Terminal.say("            \(name): \(state.rawValue)") }
    }

    // MARK: - write

    private static func write(_ options: Options) throws -> Int32 {
        let output = try options.needed("--output")
        let dirty = try options.needed("--dirty")
        guard ["yes", "no"].contains(dirty) else { throw UsageError(text: "--dirty is yes or no.") }
        guard let seconds = Int64(try options.needed("--committed-at")) else {
            throw UsageError(text: "--committed-at is a number of seconds.")
        }
        var subjects = [
            ProvenanceStatement.Subject(
                name: ProvenanceStatement.programName, sha256: try CodeHash.ofRunningProgram().hex)
        ]
        for library in try LoadedLibraries.ofThisProcess().libraries {
            guard case .sha256(let hash) = library.contents else {
                Terminal.complain("sealgate: \(library.path) cannot be hashed: \(library.contents)")
                return ExitCode.failed
            }
            subjects.append(ProvenanceStatement.Subject(name: library.name, sha256: hash))
        }
        let statement = try ProvenanceStatement(
            subjects: subjects, source: options.needed("--source"), commit: options.needed("--commit"),
            committedAt: Timestamp(unixSeconds: seconds), isDirty: dirty == "yes",
            builder: options.needed("--builder"), toolchain: options.needed("--toolchain"),
            packages: options.all("--package").map(package), invocation: options.all("--invocation"))
        let key = try options.one("--key").map { path in
            var pem = try ReleaseFile.read(path)
            defer { Wipe.bytes(&pem) }
            return try Ed25519PrivateKey(pem: pem)
        }
        let envelope = statement.envelope(signedBy: key.map { [$0] } ?? [])
        try ReleaseFile.write(envelope.fileBytes, to: output)
        let signer = key.map { "signed by \($0.publicKey.thumbprint)" } ?? "unsigned"
        Terminal.say("\(output): \(subjects.count - 1) libraries, \(signer)")
        return ExitCode.done
    }

    private static func package(_ text: String) throws(UsageError) -> ProvenanceStatement.Package {
        guard let equals = text.firstIndex(of: "=") else {
            throw UsageError(text: "--package is NAME=VERSION, not `\(text)`.")
        }
        return ProvenanceStatement.Package(
            name: String(text[..<equals]), version: String(text[text.index(after: equals)...]))
    }
}
