import Attestation
import EventLoops
import Gateway
import HTTPClient
import Primitives

/// `sealgate verify`: judges a gateway's evidence, fetched with a fresh nonce or read from a file.
enum VerifyCommand {
    static let help = """
        sealgate verify - is this gateway what it says it is?

        usage: sealgate verify URL|FILE [--measurement HEX]... [--policy FILE] [--nonce HEX] [--json]
                   [--build-key FILE]... [--ca FILE] [--kds URL] [--allow-private]

        URL is a gateway's origin, https://gateway.example: the evidence is fetched with a fresh nonce, and compared
        with the session keys, the TLS key and the provenance of that origin. FILE is a bundle that was saved, or -
        for standard input.

          --measurement HEX  a launch measurement that you know to be good, 96 digits; may be repeated
          --policy FILE      everything you demand, as JSON; attestation/README.md says how
          --nonce HEX        the nonce to ask with, or that the file was asked with; 16 to 64 bytes
          --json             the verdict as JSON
          --build-key FILE   a key that must have signed the gateway's provenance; may be repeated
          --ca FILE          PEM certificates to trust for TLS, beside the system's
          --kds URL          where to fetch certificates that the evidence lacks: https://kdsintf.amd.com
          --allow-private    allow private and local addresses

        Nobody is asked but the gateway, and AMD if you allow it.
        Exit status: 0 all that you demand holds; 1 it does not; 3 the evidence is genuine, but you named no
        measurement, so nothing is known about the code; 69 the gateway could not be reached; 64 a wrong command line.
        """

    /// The evidence is genuine, and nobody said what code it should be of.
    static let codeUnknown: Int32 = 3
    /// EX_UNAVAILABLE
    static let unreachable: Int32 = 69

    static func run(_ words: [String]) async -> Int32 {
        let options: VerifyOptions
        do throws(VerifyOptions.Problem) {
            options = try VerifyOptions(words)
        } catch {
            guard error.text.isEmpty else {
                Terminal.complain("sealgate: \(error.text) See `sealgate verify --help`.")
                return ExitCode.usage
            }
            if words.contains("--help") {
                Terminal.say(help)
                return ExitCode.done
            }
            Terminal.complain(help)
            return ExitCode.usage
        }
        do {
            return try await verify(options)
        } catch let error as EvidenceUnavailable {
            Terminal.complain("sealgate: \(error.text)")
            return unreachable
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }

    private static func verify(_ options: VerifyOptions) async throws -> Int32 {
        let loops = try EventLoopGroup(count: 1, name: "verify")
        defer { loops.stop() }
        let client = HTTPClient(
            group: loops, policy: try options.egress(), trust: try options.trust())
        do {
            let status = try await verify(options, by: client)
            await client.close()
            return status
        } catch {
            await client.close()
            throw error
        }
    }

    private static func verify(_ options: VerifyOptions, by client: HTTPClient) async throws -> Int32 {
        let (policy, buildKeys) = (try options.policy(), try options.buildKeys())
        let clock = SystemClock()
        let fetched = try await EvidenceFetch(client: client, options: options).evidence()
        var (bundle, expected) = (fetched.bundle, fetched.expected)
        if let kds = options.kdsURL {
            let source = EndorsementSource(
                folder: nil, fetcher: KDSFetcher(client: client, baseURL: kds), clock: clock)
            bundle = bundle.with(evidence: await source.complete(bundle.evidence).evidence)
        }
        expected.gateway = options.origin
        var verdict = BundleVerifier().judge(bundle, by: policy, expecting: expected, at: clock.now())
        verdict.record(
            fetched.provenance.check(
                against: bundle.statement.flatMap(AttestationStatement.init), trusting: buildKeys))
        let isCodeKnown = policy.measurements != nil
        if options.isJSON {
            Terminal.say(verdict.json.text)
        } else {
            VerdictTable(verdict, bundle, isCodeKnown: isCodeKnown).show()
        }
        guard verdict.isTrusted else { return ExitCode.failed }
        return isCodeKnown ? ExitCode.done : codeUnknown
    }
}
