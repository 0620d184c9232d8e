import Attestation
import EventLoops
import Gateway
import HTTPClient
import Primitives

/// `sealgate handover`: the root of an instance that runs, for a new machine before its first start.
enum HandoverCommand {
    static let help = """
        sealgate handover - take over the root secret of an instance that runs

        usage: sealgate handover URL --list FILE --key FILE --data DIR [--gateway ORIGIN] [--giver HEX]...
                   [--recovery FILE] [--ca FILE] [--config FILE]

        Run it on the new machine, before `sealgate serve`. This machine's hardware proves it to the instance at URL,
        that instance proves itself to this machine, and the root comes sealed to a key that was made for it here.
        Both have to be on the release list. The database is copied afterwards.

          --list FILE       the release list, a DSSE envelope
          --key FILE        the release key that signs it, Ed25519, PEM
          --data DIR        the data folder, not begun yet
          --gateway ORIGIN  the public origin that the instance must have; URL if it is left out
          --giver HEX       a measurement of the instance that counts although it is not on the list, 96 digits
          --recovery FILE   the root's recovery document, root.recovery.json: needed where the root is to be sealed
          --ca FILE         PEM certificates to trust for TLS, beside the system's
          --config FILE     settings; those about the device, AMD's certificates and private addresses count

        Exit status: 0 the root is there; 1 it is not, and nothing was written; 64 a wrong command line; 78 settings.
        """

    /// The largest file of certificates.
    private static let maximumFileBytes = 1 << 20

    /// A command line that cannot be followed.
    private struct UsageError: Error {
        let text: String
    }

    private struct Options {
        var url: String?
        var values: [String: String] = [:]
        var givers: Set<[UInt8]> = []

        init(_ words: [String]) throws(UsageError) {
            var words = words[...]
            while let word = words.popFirst() {
                guard word.hasPrefix("-") else {
                    guard url == nil else { throw UsageError(text: "`\(word)` is one URL too many.") }
                    url = word.hasSuffix("/") ? String(word.dropLast()) : word
                    continue
                }
                guard
                    ["--list", "--key", "--data", "--gateway", "--giver", "--recovery", "--ca", "--config"].contains(
                        word)
                else {
                    throw UsageError(text: "handover has no option `\(word)`.")
                }
                guard let value = words.popFirst() else { throw UsageError(text: "\(word) needs a value.") }
                if word == "--giver" {
                    guard let bytes = Hex.decode(value), bytes.count == 48 else {
                        throw UsageError(text: "--giver is 96 hex digits.")
                    }
                    givers.insert(bytes)
                } else if values.updateValue(value, forKey: word) != nil {
                    throw UsageError(text: "\(word) is given twice.")
                }
            }
        }

        func needed(_ name: String) throws(UsageError) -> String {
            guard let value = values[name] else { throw UsageError(text: "\(name) is missing.") }
            return value
        }

        func order() throws(UsageError) -> RootHandover.Order {
            guard let url, url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw UsageError(text: "name the instance by its URL, https://...")
            }
            return RootHandover.Order(
                url: url, gateway: values["--gateway"] ?? url,
                files: .init(list: try needed("--list"), key: try needed("--key")), folder: try needed("--data"),
                recovery: values["--recovery"], givers: givers)
        }
    }

    static func run(_ words: [String]) async -> Int32 {
        if words.first == "--help" || words.isEmpty {
            words.isEmpty ? Terminal.complain(help) : Terminal.say(help)
            return words.isEmpty ? ExitCode.usage : ExitCode.done
        }
        do {
            let options = try Options(words)
            return try await carryOut(
                try options.order(), certificates: options.values["--ca"],
                try Configuration(ConfigurationSource.ofProcess(file: options.values["--config"])))
        } catch let error as UsageError {
            Terminal.complain("sealgate: \(error.text) See `sealgate handover --help`.")
            return ExitCode.usage
        } catch let error as ConfigurationError {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.configuration
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }

    private static func carryOut(
        _ order: RootHandover.Order, certificates: String?, _ configuration: Configuration
    ) async throws -> Int32 {
        let trust: TrustAnchors =
            if let certificates {
                .systemAdding(pem: try InputFile.read(certificates, upTo: maximumFileBytes))
            } else {
                .system
            }
        let loops = try EventLoopGroup(count: 1, name: "handover")
        defer { loops.stop() }
        let client = HTTPClient(
            group: loops, policy: EgressPolicy(allowing: configuration.egressAllow.compactMap { CIDR($0) }),
            trust: trust)
        let outcome: Result<RootHandover.Receipt, any Error>
        do {
            let handover = RootHandover(configuration, client: client, clock: SystemClock(), random: SystemRandom())
            outcome = .success(try await handover.carryOut(order))
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        let receipt = try outcome.get()
        Terminal.say("giver       \(order.gateway), measurement \(Hex.encode(receipt.giver))")
        Terminal.say("receiver    this machine, measurement \(Hex.encode(receipt.own))")
        Terminal.say("list        issue \(receipt.issue)")
        Terminal.say("commitment  \(Hex.encode(receipt.commitment))")
        Terminal.say("the root secret is in \(receipt.path): now copy the database, then `sealgate serve`")
        return ExitCode.done
    }
}
