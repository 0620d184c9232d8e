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

    func evidence() async throws -> (EvidenceBundle, BundleExpectations) {
        var expected = BundleExpectations()
        guard let origin = options.origin else {
            expected.nonce = options.nonce
            let bytes = try InputFile.read(options.file ?? "-", upTo: EvidenceBundle.maximumBytes)
            return (try EvidenceBundle(bytes), expected)
        }
        let nonce = options.nonce ?? CallerNonce(random: SystemRandom())
        expected.nonce = nonce
        let bytes = try await get(origin + "/api/attestation/report?nonce=\(nonce.hex)")
        let bundle: EvidenceBundle
        do throws(BundleFault) {
            bundle = try EvidenceBundle(bytes)
        } catch {
            throw EvidenceUnavailable(
                text: "\(origin) served no evidence: \(error.member) is \(error.problem.rawValue).")
        }
        let keys = try await get(origin + "/.well-known/jwks.json")
        guard let published = try? TokenKeySet(jwks: JSON(parsing: keys)) else {
            throw EvidenceUnavailable(text: "\(origin)/.well-known/jwks.json is no key set.")
        }
        expected.keys = published
        expected.connectionKey = await connectionKey(origin, bundle)
        return (bundle, expected)
    }

    /// Asks again over a connection that must be served with the key in the statement.
    private func connectionKey(_ origin: String, _ bundle: EvidenceBundle) async -> BundleExpectations.ConnectionKey {
        guard origin.hasPrefix("https://"), let bytes = bundle.statement,
            let key = AttestationStatement(bytes)?.tls.spkiSHA256
        else { return .none }
        let request = ClientRequest(
            url: origin + "/api/attestation", limits: EvidenceFetch.limits, pinnedKeySHA256: key)
        return .proved((try? await client.send(request)) != nil)
    }

    private func get(_ url: String) async throws(EvidenceUnavailable) -> [UInt8] {
        let (status, body) = try await answer(url)
        guard status == 200 else {
            let said = (try? JSON(parsing: body))?["message"]?.string.map { " " + $0.prefix(200) } ?? ""
            throw EvidenceUnavailable(text: "\(url) answered \(status).\(said)")
        }
        return body
    }

    private func answer(_ url: String) async throws(EvidenceUnavailable) -> (status: Int, body: [UInt8]) {
        do throws(HTTPClientError) {
            let response = try await client.send(ClientRequest(url: url, limits: EvidenceFetch.limits))
            return (response.status, try await response.body.collect(upTo: EvidenceBundle.maximumBytes))
        } catch {
            let hint = error == .egressRefused ? " It is a private address: --allow-private admits those." : ""
            throw EvidenceUnavailable(text: "\(url) could not be reached (\(error)).\(hint)")
        }
    }
}
