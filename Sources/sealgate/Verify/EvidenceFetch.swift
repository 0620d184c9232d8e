import Attestation
import Cryptography
import HTTPClient
import HTTPTypes
import Primitives

/// The evidence could not be had; in words for people.
struct EvidenceUnavailable: Error {
    let text: String
}

/// Gets evidence from a gateway or a file, together with what it is to be compared with.
struct EvidenceFetch {
    /// Waits longer than a gathering and a slow device take.
    private static let limits = ClientLimits(
        connectMilliseconds: 10_000, firstByteMilliseconds: 20_000, idleMilliseconds: 10_000,
        totalMilliseconds: 30_000)

    let client: HTTPClient
    let options: VerifyOptions

    func evidence() async throws -> FetchedEvidence {
        guard let origin = options.origin else {
            var expected = BundleExpectations()
            expected.nonce = options.nonce
            let bytes = try InputFile.read(options.file ?? "-", upTo: EvidenceBundle.maximumBytes)
            return FetchedEvidence(
                bundle: try EvidenceBundle(bytes), expected: expected,
                provenance: .none("a file has no provenance beside it"))
        }
        var first = try await evidence(of: origin, pin: nil)
        guard origin.hasPrefix("https://"), let statement = first.bundle.statement.flatMap(AttestationStatement.init),
            let pin = statement.tls.spkiSHA256
        else { return first }
        // Everything once more, over connections that nobody but the holder of the statement's key can serve: what
        // came before could have been passed on by somebody in the middle.
        do throws(EvidenceUnavailable) {
            var pinned = try await evidence(of: origin, pin: pin)
            pinned.expected.connectionKey = .spkiSHA256(pin)
            return pinned
        } catch {
            first.expected.connectionKey = .proved(false)
            return first
        }
    }

    private func evidence(
        of origin: String, pin: [UInt8]?
    ) async throws(EvidenceUnavailable) -> FetchedEvidence {
        var expected = BundleExpectations()
        let nonce = options.nonce ?? CallerNonce(random: SystemRandom())
        expected.nonce = nonce
        let bytes = try await get(origin + "/api/attestation/report?nonce=\(nonce.hex)", pin)
        let bundle: EvidenceBundle
        do throws(BundleFault) {
            bundle = try EvidenceBundle(bytes)
        } catch {
            throw EvidenceUnavailable(
                text: "\(origin) served no evidence: \(error.member) is \(error.problem.rawValue).")
        }
        let keys = try await get(origin + "/.well-known/jwks.json", pin)
        guard let published = try? TokenKeySet(jwks: JSON(parsing: keys)) else {
            throw EvidenceUnavailable(text: "\(origin)/.well-known/jwks.json is no key set.")
        }
        expected.keys = published
        return FetchedEvidence(bundle: bundle, expected: expected, provenance: await provenance(of: origin, pin))
    }

    /// What a gateway says about its build is asked for last, and its absence stops nothing.
    private func provenance(of origin: String, _ pin: [UInt8]?) async -> ServedProvenance {
        do throws(EvidenceUnavailable) {
            let url = origin + "/api/attestation/provenance"
            let (status, body) = try await answer(url, pin, upTo: ServedProvenance.maximumBytes)
            return status == 200 ? .answer(body) : .none("\(url) answered \(status)")
        } catch {
            return .none(error.text)
        }
    }

    private func get(_ url: String, _ pin: [UInt8]?) async throws(EvidenceUnavailable) -> [UInt8] {
        let (status, body) = try await answer(url, pin)
        guard status == 200 else {
            let said =
                (try? JSON(parsing: body))?["message"]?.string.map { " " + VerdictTable.plain(String($0.prefix(200))) }
                ?? ""
            throw EvidenceUnavailable(text: "\(url) answered \(status).\(said)")
        }
        return body
    }

    private func answer(
        _ url: String, _ pin: [UInt8]?, upTo maximumBytes: Int = EvidenceBundle.maximumBytes
    ) async throws(EvidenceUnavailable) -> (status: Int, body: [UInt8]) {
        do throws(HTTPClientError) {
            let response = try await client.send(
                ClientRequest(url: url, limits: EvidenceFetch.limits, pinnedKeySHA256: pin))
            return (response.status, try await response.body.collect(upTo: maximumBytes))
        } catch {
            let hint = error == .egressRefused ? " It is a private address: --allow-private admits those." : ""
            throw EvidenceUnavailable(text: "\(url) could not be reached (\(error)).\(hint)")
        }
    }
}
