import Attestation
import Cryptography
import Primitives
import Testing

@Suite("Every word of a hand-over is bound")
struct HandoverTranscriptTests {
    private static let sealed = HPKEMessage(
        encapsulated: [UInt8](repeating: 9, count: 32), ciphertext: [UInt8](repeating: 8, count: 48))
    private static let evidence = Evidence(
        report: [1, 2, 3], endorsements: Endorsements(vek: [4], intermediate: [5], root: [6], crl: [7]))

    private static func request() throws -> HandoverRequest {
        HandoverRequest(claim: try HandoverStage.claim(), evidence: evidence)
    }

    @Test("The first hash is over these very bytes")
    func bytes() throws {
        let claim = try HandoverStage.claim()
        let text =
            #"{"offer":{"gateway":"https://gateway.example","nonce":""# + String(repeating: "11", count: 32)
            + #"","recoverySet":null,"rootCommitment":""# + String(repeating: "22", count: 32)
            + #"","session":"0102030405060708090a0b0c0d0e0f10","type":"sealgate-handover-offer/1"},"#
            + #""purpose":"sealgate/handover/v1 request","request":{"nonce":""# + String(repeating: "33", count: 32)
            + #"","offerNonce":""# + String(repeating: "11", count: 32) + #"","publicKey":""#
            + Hex.encode(claim.publicKey.bytes)
            + #"","session":"0102030405060708090a0b0c0d0e0f10","type":"sealgate-handover-request/1"}}"#
        #expect(HandoverTranscript.request(HandoverStage.offer, claim) == SHA256.hash(Array(text.utf8)))
        let data = try #require(HandoverPurpose.request.reportData(SHA256.hash(Array(text.utf8))))
        #expect(Array(data.bytes[32...]) == SHA256.hash(Array("sealgate/handover/v1 request".utf8)))
    }

    @Test("Each member of the offer changes all three hashes")
    func offer() throws {
        let (offer, request) = (HandoverStage.offer, try HandoverTranscriptTests.request())
        let members = try #require(offer.json.members).filter { $0.name != "type" }
        #expect(members.count == 5)
        for member in members {
            let changed: JSON =
                switch member.name {
                case "gateway": "https://other.example"
                case "session", "recoverySet": .string(String(repeating: "ff", count: 16))
                default: .string(String(repeating: "ff", count: 32))
                }
            let other = try #require(HandoverOffer(json: offer.json.with(member.name, changed)))
            #expect(
                HandoverTranscript.request(other, request.claim) != HandoverTranscript.request(offer, request.claim))
            #expect(HandoverTranscript.root(other, request) != HandoverTranscript.root(offer, request))
            #expect(
                HandoverTranscript.answer(other, request, Self.sealed)
                    != HandoverTranscript.answer(offer, request, Self.sealed))
        }
    }

    @Test("Each member of the request changes the hashes that come after it")
    func request() throws {
        let (offer, request) = (HandoverStage.offer, try HandoverTranscriptTests.request())
        let members = try #require(request.json.members).filter { $0.name != "type" }
        #expect(members.count == 6)
        for member in members {
            let changed: [JSON]
            switch member.name {
            case "session": changed = [.string(String(repeating: "ff", count: 16))]
            case "report": changed = ["AQIE"]
            case "endorsements":
                changed = ["vek", "intermediate", "root", "crl"].flatMap { name in
                    [member.value.with(name, "/w=="), member.value.with(name, .null)]
                }
            default: changed = [.string(String(repeating: "ff", count: 32))]
            }
            for value in changed {
                let other = try #require(HandoverRequest(json: request.json.with(member.name, value)), "\(value)")
                let isClaim = !["report", "endorsements"].contains(member.name)
                let isChanged =
                    HandoverTranscript.request(offer, other.claim)
                    != HandoverTranscript.request(offer, request.claim)
                #expect(isChanged == isClaim, "\(member.name)")
                #expect(HandoverTranscript.root(offer, other) != HandoverTranscript.root(offer, request))
                #expect(
                    HandoverTranscript.answer(offer, other, Self.sealed)
                        != HandoverTranscript.answer(offer, request, Self.sealed))
            }
        }
    }

    @Test("The giver's ephemeral key and the ciphertext are in the last hash; no two purposes share one")
    func seal() throws {
        let (offer, request) = (HandoverStage.offer, try HandoverTranscriptTests.request())
        let sealed = Self.sealed
        let hash = HandoverTranscript.answer(offer, request, sealed)
        let others = [
            HPKEMessage(encapsulated: [UInt8](0..<32), ciphertext: sealed.ciphertext),
            HPKEMessage(encapsulated: sealed.encapsulated, ciphertext: sealed.ciphertext + [0]),
        ]
        for other in others { #expect(HandoverTranscript.answer(offer, request, other) != hash) }
        #expect(Set(HandoverPurpose.allCases.map(\.label)).count == HandoverPurpose.allCases.count)
    }

    @Test("What is sealed opens in its own conversation alone")
    func opens() throws {
        let (offer, request) = (HandoverStage.offer, try HandoverTranscriptTests.request())
        let key = try HandoverStage.key()
        let message = try HPKE.seal(
            [1, 2, 3], to: key.publicKey, info: HandoverTranscript.info,
            associated: HandoverTranscript.root(offer, request))
        func open(_ info: [UInt8], _ request: HandoverRequest) -> [UInt8]? {
            try? HPKE.open(message, with: key, info: info, associated: HandoverTranscript.root(offer, request))
        }
        #expect(open(HandoverTranscript.info, request) == [1, 2, 3])
        #expect(open(Array(HandoverPurpose.answer.rawValue.utf8), request) == nil)
        let other = HandoverRequest(claim: request.claim, evidence: Evidence(report: [], endorsements: Endorsements()))
        #expect(open(HandoverTranscript.info, other) == nil)
    }

    @Test("Messages come back from their own text, and no member may be missing, added or of another form")
    func forms() throws {
        let request = try HandoverTranscriptTests.request()
        let answer = HandoverAnswer(
            session: HandoverStage.offer.session, sealed: Self.sealed, evidence: Self.evidence)
        #expect(HandoverOffer(json: HandoverStage.offer.json) == HandoverStage.offer)
        #expect(HandoverRequest(json: request.json) == request)
        #expect(HandoverAnswer(json: answer.json) == answer)
        let readers: [(JSON, (JSON) -> Bool)] = [
            (HandoverStage.offer.json, { HandoverOffer(json: $0) != nil }),
            (request.json, { HandoverRequest(json: $0) != nil }), (answer.json, { HandoverAnswer(json: $0) != nil }),
        ]
        for (json, reads) in readers {
            let members = try #require(json.members)
            #expect(!reads(.object(members + [.init("more", .null)])))
            for member in members {
                #expect(!reads(.object(members.filter { $0 != member })), "without \(member.name)")
                #expect(!reads(json.with(member.name, 7)), "\(member.name)")
                // An origin may be any text; it is compared, not read.
                if member.name != "gateway" { #expect(!reads(json.with(member.name, "0")), "\(member.name)") }
            }
        }
    }
}

extension JSON {
    /// The object with another value under `name`.
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []).map { $0.name == name ? Member(name, value) : $0 })
    }
}
