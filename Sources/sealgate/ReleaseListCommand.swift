import Attestation
import Cryptography
import Primitives

/// `sealgate release-list`: signs the list of releases that may hold a root, and shows one that is signed.
enum ReleaseListCommand {
    static let help = """
        sealgate release-list - the releases to which a root may be handed over

        usage: sealgate release-list sign --list FILE --key FILE --output FILE
               sealgate release-list verify FILE --key FILE

        sign     puts a list under the release key's signature; a list that no gateway would read is not signed
          --list FILE    the list, JSON: {"type": "sealgate-release-list/1", "issue": 7,
                         "expiresAt": "2027-01-31T00:00:00Z", "releases": [{"measurement": HEX, "note": TEXT}]}
          --key FILE     the release key, private, as `openssl genpkey -algorithm ed25519` writes it
          --output FILE  the envelope, for SEALGATE_RELEASE_LIST
        verify   shows a signed list; exit status 0 only if the key signed it and it is good now
          --key FILE     the release key, public, as `openssl pkey -pubout` writes it
        """

    /// A command line that cannot be followed.
    private struct UsageError: Error {
        let text: String
    }

    static func run(_ words: [String]) -> Int32 {
        let rest = Array(words.dropFirst())
        do {
            switch words.first {
            case "sign": return try sign(Options(rest, known: ["--list", "--key", "--output"], takesFile: false))
            case "verify": return try verify(Options(rest, known: ["--key"], takesFile: true))
            case "--help":
                Terminal.say(help)
                return ExitCode.done
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

    private struct Options {
        private var values: [String: String] = [:]

        init(_ words: [String], known: Set<String>, takesFile: Bool) throws(UsageError) {
            var words = words[...]
            while let word = words.popFirst() {
                if takesFile, !word.hasPrefix("-"), values[""] == nil {
                    values[""] = word
                    continue
                }
                guard known.contains(word) else { throw UsageError(text: "release-list has no option `\(word)`.") }
                guard let value = words.popFirst() else { throw UsageError(text: "\(word) needs a value.") }
                guard values.updateValue(value, forKey: word) == nil else {
                    throw UsageError(text: "\(word) is given twice.")
                }
            }
        }

        /// The value of an option; of the empty name the file without one.
        func needed(_ name: String) throws(UsageError) -> String {
            guard let value = values[name] else {
                throw UsageError(text: name.isEmpty ? "name the signed list." : "\(name) is missing.")
            }
            return value
        }
    }

    private static func sign(_ options: Options) throws -> Int32 {
        let (path, output) = (try options.needed("--list"), try options.needed("--output"))
        var pem = try ReleaseFile.read(try options.needed("--key"))
        defer { Wipe.bytes(&pem) }
        let key = try Ed25519PrivateKey(pem: pem)
        let list: ReleaseList
        do throws(ReleaseListFault) {
            list = try ReleaseList(unsigned: try read(path))
        } catch {
            Terminal.complain("sealgate: \(path): \(error).")
            return ExitCode.failed
        }
        try ReleaseFile.write(list.envelope(signedBy: key).fileBytes, to: output)
        show(list)
        return ExitCode.done
    }

    private static func verify(_ options: Options) throws -> Int32 {
        let path = try options.needed("")
        let key = try Ed25519PublicKey(pem: ReleaseFile.read(try options.needed("--key")))
        do throws(ReleaseListFault) {
            let list = try ReleaseList(try read(path), signedBy: key)
            show(list)
            try list.check(at: SystemClock().now())
            return ExitCode.done
        } catch {
            Terminal.complain("sealgate: \(path): \(error).")
            return ExitCode.failed
        }
    }

    private static func read(_ path: String) throws(ReleaseListFault) -> [UInt8] {
        do throws(ReleaseFile.Failure) {
            return try ReleaseFile.read(path)
        } catch {
            throw .content(path: "", detail: "cannot be read (error \(error.code))")
        }
    }

    private static func show(_ list: ReleaseList) {
        Terminal.say("issue \(list.issue), good until \(list.expiresAt.iso8601)")
        for release in list.releases {
            Terminal.say("\(Hex.encode(release.measurement))  \(VerdictTable.plain(release.note))")
        }
    }
}
