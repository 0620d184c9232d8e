import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Several signatures on one request")
struct SignatureCandidateTests {
    private typealias Claim = SampleRequest.Claim

    @Test("The first that passes wins; those before it burn nothing")
    func order() async throws {
        let stand = try await SignedStand.open()
        let (first, second) = (try Fixed.wallet(1), try Fixed.wallet(2))
        var request = SampleRequest.bare
        try request.sign(first, Claim(label: "z", nonce: "\"one\"")) { [0] + $0.dropFirst() }
        try request.sign(second, Claim(label: "y", nonce: "\"two\""))
        try request.sign(first, Claim(label: "x", nonce: "\"three\""))
        #expect(try await stand.principal(request).address == second.address)
        #expect(try await stand.gate.count("used_proofs") == 1)
        // The nonce of the winner is spent, so the next one wins, and then there is none.
        #expect(try await stand.principal(request).address == first.address)
        #expect(await stand.refusal(request) == .badSignature, "what the first failed by")
        await stand.gate.close()
    }

    @Test("Those of another use are passed over")
    func otherUse() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet(1), Claim(label: "proxy", tag: "\"proxy\""))
        #expect(await stand.refusal(request) == .notAcceptable)
        #expect(!stand.requests.isSigned(request.message, hasOther: true))
        #expect(stand.requests.isSigned(request.message, hasOther: false))
        try request.sign(try Fixed.wallet(2))
        #expect(stand.requests.isSigned(request.message, hasOther: true))
        #expect(try await stand.principal(request).address == Fixed.address(2))
        await stand.gate.close()
    }

    @Test("A bad one beside another credential still counts as one, and so does what cannot be read")
    func precedence() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        #expect(!stand.requests.isSigned(request.message, hasOther: false))
        request["signature-input"] = "eth=("
        #expect(stand.requests.isSigned(request.message, hasOther: true))
        request["signature-input"] = "eth=();tag=\"erc8128\""
        request["signature"] = "eth=:AAAA:"
        #expect(stand.requests.isSigned(request.message, hasOther: true))
        let off = try await SignedStand.open(revisions: [])
        #expect(!off.requests.isSigned(request.message, hasOther: false))
        await stand.gate.close()
        await off.gate.close()
    }

    @Test("Eight are looked at, nine are too many", arguments: [7, 8, 9])
    func count(_ count: Int) async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        let key = try Fixed.wallet()
        for index in 1..<count { try request.sign(key, Claim(label: "a\(index)")) { [0] + $0.dropFirst() } }
        try request.sign(key, Claim(label: "last"))
        #expect(await stand.refusal(request) == (count <= SignatureCandidate.maximumCount ? nil : .tooLarge))
        await stand.gate.close()
    }

    /// Says of every signature the same.
    private struct Fickle: AccountSignatures {
        let answer: SignatureFinding
        var chainIDs: [UInt64] { [8_453] }
        var asksContracts: Bool { true }

        func finding(
            _ signature: [UInt8], over digest: [UInt8], by account: AccountID
        ) async -> SignatureFinding { answer }
    }

    @Test(
        "A chain that does not answer is no verdict, and burns no nonce",
        arguments: [SignatureFinding.unavailable, .unsupported, .invalid, .valid(.key)])
    func findings(finding: SignatureFinding) async throws {
        let stand = try await SignedStand.open(signatures: Fickle(answer: finding))
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet(), Claim(label: "a", nonce: ""))
        try request.sign(try Fixed.wallet(), Claim(label: "b")) { $0 + $0 }
        let expected: RequestSignatureError?
        switch finding {
        case .valid: expected = nil
        case .unavailable: expected = .unavailable
        case .invalid, .unsupported: expected = .nonceRequired
        }
        #expect(await stand.refusal(request) == expected, "the first failure, unless time may mend a later one")
        #expect(try await stand.gate.count("used_proofs") == (finding == .valid(.key) ? 1 : 0))
        #expect(stand.requests.discovery["account_verification"] == "universal")
        await stand.gate.close()
    }

    @Test("A wrapped contract's signature is not called bad where no chain is asked")
    func wrapped() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        let mark = [UInt8](repeating: 0x64, count: 32).enumerated().map { $0.offset % 2 == 0 ? $0.element : 0x92 }
        try request.sign(try Fixed.wallet()) { $0 + mark }
        #expect(await stand.refusal(request) == .unsupportedAccount)
        await stand.gate.close()
    }
}
