import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("The vectors of ERC-8128")
struct SignedRequestVectorTests {
    static let cases = Vectors.cases("erc8128")
    /// What the vectors call a signature that covers too little of a request.
    private static let aliases = ["class-bound": RequestSignatureError.insufficientCoverage]

    private func request(_ vector: JSON) throws -> SampleRequest {
        let described = try #require(vector["request"])
        let (scheme, authority) = (described["scheme"]?.string ?? "", described["authority"]?.string ?? "")
        var request = SampleRequest(
            method: try #require(described["method"]?.string),
            origin: try #require(WebOrigin("\(scheme)://\(authority)")),
            path: try #require(described["path"]?.string), query: described["query"]?.string,
            content: Array((vector["body"]?.string ?? "").utf8), fields: [])
        for field in described["headers"]?.members ?? [] { request[field.name] = field.value.string ?? "" }
        request["signature-input"] = try #require(vector["signatureInput"]?.string)
        request["signature"] = try #require(vector["signature"]?.string)
        return request
    }

    @Test("Each is accepted or refused as it says", arguments: cases)
    func vector(_ vector: JSON) async throws {
        let now = Timestamp(unixSeconds: try #require(vector["now"]?.integer))
        let revision = try #require(vector["rev"]?.string.flatMap { SignatureRevision(rawValue: $0.lowercased()) })
        let stand = try await SignedStand.open(revisions: [.a, .b], clock: ManualClock(now))
        let request = try request(vector)
        let reason = vector["reason"]?.string
        let expected = reason.flatMap { Self.aliases[$0] ?? RequestSignatureError(rawValue: $0) }
        #expect((expected == nil) == (vector["accept"]?.bool == true), "\(reason ?? "")")
        #expect(await stand.refusal(request) == expected)
        if expected == nil {
            #expect(await stand.refusal(request) == .nonceReused)
            #expect(stand.requests.isGenuine(request.message))
        }
        let other = try await SignedStand.open(revisions: [revision == .a ? .b : .a], clock: ManualClock(now))
        #expect(await other.refusal(request) == .notAcceptable)
        await stand.gate.close()
        await other.gate.close()
    }

    @Test("The signature base is theirs byte for byte, and so is the digest of the standard's own", arguments: cases)
    func base(_ vector: JSON) throws {
        let message = try request(vector).message
        let input = try StructuredDictionary(parsing: try #require(message.field("signature-input")))
        guard case .list(let components, let parameters)? = input.members.first?.value else {
            Issue.record("no list")
            return
        }
        let base = try SignatureBase.text(of: message, components: components, parameters: parameters)
        #expect(base == vector["signatureBase"]?.string)
        if let digest = vector["H"]?.string.flatMap({ Hex.decode($0) }) {
            #expect(PersonalMessage.digest(of: Array(base.utf8)) == digest)
        }
    }
}
