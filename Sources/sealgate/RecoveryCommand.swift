import Attestation
import Cryptography
import Gateway
import Glibc
import Primitives

/// `sealgate recovery`: the custodians' side of a sealed root, and what the operator does with their lines.
enum RecoveryCommand {
    static let help = """
        sealgate recovery - shares of a sealed gateway's root secret

        usage: sealgate recovery keygen --output NAME
               sealgate recovery share --key FILE --recovery FILE
               sealgate recovery rehearse [--config FILE] [--recovery FILE]
               sealgate recovery restore [--config FILE] [--recovery FILE]
               sealgate recovery tpm-policy [--config FILE] [--values FILE] --output NAME

        keygen     for a custodian, offline: writes NAME.key, which never leaves, and NAME.pub for the operator
        share      for a custodian: opens the share that is sealed to the key and prints it as one line; whoever has
                   enough such lines has the root
        rehearse   for the operator: reads share lines from standard input, tries whether they give back the root that
                   this machine has sealed, and changes nothing but the record of the success
        restore    for the operator, gateway stopped: reads share lines from standard input and seals the root to this
                   machine, if the database was begun under it
        tpm-policy for the operator: writes NAME.policy, which the authority signs so that a boot chain opens the root
          --values FILE      registers of a release to come, lines `PCR HEX`; else those of this machine now
          --key FILE         a custodian's private key; `openssl genpkey -algorithm x25519` makes one as well
          --recovery FILE    the recovery document; else root.recovery.json in the data folder
          --config FILE      the gateway's settings
        """

    static func run(_ words: [String]) async -> Int32 {
        do {
            let options = try Options(Array(words.dropFirst()))
            try RootRecovery.protectProcess()
            switch words.first {
            case "keygen": return try keygen(options)
            case "share": return try share(options)
            case "rehearse": return try await bring(options, isRehearsal: true)
            case "tpm-policy": return try policy(options)
            case "restore": return try await bring(options, isRehearsal: false)
            default:
                Terminal.complain(help)
                return ExitCode.usage
            }
        } catch let error as UsageError {
            Terminal.complain("sealgate: \(error.text)")
            return ExitCode.usage
        } catch let error as ConfigurationError {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.configuration
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }

    /// A command line, or a key, that cannot be used.
    private struct UsageError: Error {
        let text: String
    }

    /// `--name value` pairs, each at most once.
    private struct Options {
        private var values: [String: String] = [:]
        private static let known: Set<String> = ["--output", "--key", "--recovery", "--config", "--values"]

        init(_ words: [String]) throws(UsageError) {
            var words = words[...]
            while let word = words.popFirst() {
                guard Options.known.contains(word) else { throw UsageError(text: "recovery has no option `\(word)`.") }
                guard let value = words.popFirst() else { throw UsageError(text: "\(word) needs a value.") }
                guard values.updateValue(value, forKey: word) == nil else {
                    throw UsageError(text: "\(word) is given twice.")
                }
            }
        }

        subscript(_ name: String) -> String? { values[name] }

        func needed(_ name: String) throws(UsageError) -> String {
            guard let value = values[name] else { throw UsageError(text: "\(name) is missing.") }
            return value
        }
    }

    // MARK: - custodians

    private static func keygen(_ options: Options) throws -> Int32 {
        let name = try options.needed("--output")
        let (key, pem) = try X25519PrivateKey.generatePEM()
        try KeyFile.create(name + ".key", pem)
        try ReleaseFile.write(Array(key.publicKey.pem.utf8), to: name + ".pub")
        Terminal.say("\(name).key: keep it offline; it opens your share")
        Terminal.say("\(name).pub: for the operator; key \(key.publicKey.thumbprint)")
        return ExitCode.done
    }

    private static func share(_ options: Options) throws -> Int32 {
        var pem = try ReleaseFile.read(options.needed("--key"))
        defer { Wipe.bytes(&pem) }
        let key: X25519PrivateKey
        do throws(KeyFileError) { key = try X25519PrivateKey(pem: pem) } catch {
            throw UsageError(text: "--key is not an X25519 private key in PEM.")
        }
        let path = try options.needed("--recovery")
        guard let document = try? RecoveryDocument(ReleaseFile.read(path)) else {
            throw UsageError(text: "\(path) is not a recovery document.")
        }
        guard let sealed = document.share(for: key.publicKey) else {
            Terminal.complain("sealgate: no share in \(path) is sealed to the key \(key.publicKey.thumbprint).")
            return ExitCode.failed
        }
        let share = try sealed.opened(with: key)
        let set = document.set
        Terminal.complain("share \(share.index) of \(set.count), \(set.threshold) needed, for \(set.gateway)")
        try KeyFile.say(share.text())
        return ExitCode.done
    }

    // MARK: - the operator

    private static func bring(_ options: Options, isRehearsal: Bool) async throws -> Int32 {
        let configuration = try Configuration(ConfigurationSource.ofProcess(file: options["--config"]))
        let lines = try KeyFile.lines(from: 0)
        let document = options["--recovery"]
        if isRehearsal {
            let outcome = try RootRecovery.rehearse(
                configuration, lines: lines, document: document, clock: SystemClock())
            say("the shares give the root back", outcome)
            Terminal.say("recorded in \(outcome.path); the gateway shows it from its next start")
        } else {
            let outcome = try await RootRecovery.restore(
                configuration, lines: lines, document: document, clock: SystemClock(), random: SystemRandom())
            say("the root is sealed to this machine", outcome)
            Terminal.say("written to \(outcome.path); start the gateway")
        }
        return ExitCode.done
    }

    private static func policy(_ options: Options) throws -> Int32 {
        let name = try options.needed("--output")
        let configuration = try Configuration(ConfigurationSource.ofProcess(file: options["--config"]))
        let values = try options["--values"].map { path in
            var values: [Int: [UInt8]] = [:]
            for line in String(decoding: try ReleaseFile.read(path), as: UTF8.self).split(whereSeparator: \.isNewline) {
                let words = line.split(separator: " ")
                guard words.count == 2, let register = Int(words[0]), let value = Hex.decode(words[1]),
                    values.updateValue(value, forKey: register) == nil
                else { throw UsageError(text: "\(path): write lines `PCR HEX`, not `\(line)`.") }
            }
            return values
        }
        try RootRecovery.writePolicy(configuration, values: values, to: name + ".policy")
        Terminal.say("\(name).policy: sign it by `openssl dgst -sha256 -sign KEY -out \(name).sig \(name).policy`")
        return ExitCode.done
    }

    private static func say(_ what: String, _ outcome: RootRecovery.Outcome) {
        Terminal.say(
            "\(what): \(outcome.shares) shares brought, \(outcome.threshold) of \(outcome.count) needed")
    }
}
