import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Requests that we sign")
struct RequestSignerTests {
    private func signed(
        _ request: SampleRequest, _ revision: SignatureRevision, by key: WalletKey
    ) throws -> SampleRequest {
        var request = request
        let signer = RequestSigner(key: key, chainID: 8_453, revision: revision)
        let fields = try signer.fields(
            for: request.message, content: request.content, at: Gate.start, random: SystemRandom())
        for field in fields { request[field.name.lowercased()] = field.value }
        return request
    }

    @Test(
        "are taken by a verifier of that revision, with and without content and query",
        arguments: SignatureRevision.allCases)
    func accepted(revision: SignatureRevision) async throws {
        let stand = try await SignedStand.open(revisions: [revision])
        let key = try Fixed.wallet()
        for request in [SampleRequest(), .bare] {
            let signed = try signed(request, revision, by: key)
            #expect(try await stand.principal(signed).address == key.address)
        }
        await stand.gate.close()
    }

    @Test("have the exact form that the early revision's clients send")
    func early() throws {
        let signer = RequestSigner(key: try Fixed.wallet(), chainID: 8_453, revision: .a)
        let request = SampleRequest()
        let fields = try signer.fields(
            for: request.message, content: request.content, created: 1_740_000_000, nonce: "abcDEF1234567890")
        #expect(fields.map(\.name) == ["Content-Digest", "Signature-Input", "Signature"])
        #expect(fields[0].value == "sha-256=:k6I5cakU5erL8KjSUVTNownDwccvu5kU1Hxg88toFYg=:")
        #expect(
            fields[1].value
                == "eth=(\"@authority\" \"@method\" \"@path\" \"@query\" \"content-digest\");created=1740000000"
                + ";expires=1740000060;nonce=\"abcDEF1234567890\""
                + ";keyid=\"erc8128:8453:0x7e5f4552091a69125d5dfcb7b8c2659029395bdf\"")
    }

    @Test("have a nonce of their own each")
    func nonces() throws {
        let key = try Fixed.wallet()
        let first = try signed(.bare, .b, by: key)["signature-input"]
        #expect(try signed(.bare, .b, by: key)["signature-input"] != first)
    }
}
