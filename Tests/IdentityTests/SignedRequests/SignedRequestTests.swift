import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Signed requests", .onEveryEngine)
struct SignedRequestTests {
    private typealias Claim = SampleRequest.Claim

    @Test(
        "What is not signed exactly as received is refused by its code, and burns no nonce",
        arguments: SignedRequestFault.all)
    func fault(_ fault: SignedRequestFault) async throws {
        let stand = try await SignedStand.open()
        let key = try Fixed.wallet()
        var request = SampleRequest()
        try fault.make(&request, key)
        #expect(await stand.refusal(request) == fault.error)
        #expect(try await stand.gate.count("used_proofs") == 0)
        #expect(try await stand.gate.count("wallets") == 0)
        var good = SampleRequest()
        try good.sign(key)
        #expect(await stand.refusal(good) == nil)
        await stand.gate.close()
    }

    @Test("Other fields and other components may be signed as well")
    func more() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest()
        request["x-else"] = "a"
        request.fields.append(("x-else", "b"))
        let components = ["x-else", "@target-uri", "@request-target"] + SignedRequestFault.full.reversed()
        try request.sign(try Fixed.wallet(), Claim(components: components))
        #expect(await stand.refusal(request) == nil)
        await stand.gate.close()
    }

    @Test("The wallet that signed is who calls, with all rights and no session", arguments: [1, 8_453])
    func principal(chain: Int) async throws {
        let stand = try await SignedStand.open()
        let key = try Fixed.wallet()
        let login = try await stand.gate.logIn(key)
        var ids: Set<String> = []
        for nonce in ["\"one\"", "\"two\""] {
            var request = SampleRequest.bare
            try request.sign(key, Claim(nonce: nonce, keyID: "\"eip155:\(chain):\(key.address.lowercase)\""))
            let principal = try await stand.principal(request)
            #expect(principal.walletID == login.walletID)
            #expect(principal.address == key.address)
            #expect(!principal.isLogin)
            #expect(SignedRequests.isID(principal.sessionID))
            #expect(principal.expiresAt == Gate.start.adding(seconds: 91))
            #expect(principal.may(try #require(Permission("wallet:read"))))
            ids.insert(principal.sessionID)
        }
        #expect(ids.count == 1)
        #expect(!SignedRequests.isID(login.sessionID))
        await stand.gate.close()
    }

    @Test("Its time has a second's edge on both sides", arguments: [-31, -30, 0, 90, 91])
    func window(seconds: Int64) async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet())
        stand.gate.clock.advance(seconds: seconds)
        let expected: RequestSignatureError? = seconds < -30 ? .notYetValid : seconds > 90 ? .expired : nil
        #expect(await stand.refusal(request) == expected)
        #expect(stand.requests.isGenuine(request.message) == (expected == nil))
        await stand.gate.close()
    }

    @Test("Of fifty callers with one request at once a single one is served")
    func replay() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet())
        let copy = request
        let served = await withTaskGroup(of: RequestSignatureError?.self) { group in
            for _ in 0..<50 { group.addTask { await stand.refusal(copy) } }
            return await group.reduce(into: [RequestSignatureError?: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(served == [nil: 1, .nonceReused: 49])
        await stand.gate.close()
    }

    @Test("A nonce counts for its account: neither revision nor chain of another wallet's meets it")
    func nonceOfAccount() async throws {
        let stand = try await SignedStand.open(revisions: [.a, .b])
        let (key, other) = (try Fixed.wallet(1), try Fixed.wallet(2))
        var first = SampleRequest.bare
        try first.sign(key)
        #expect(await stand.refusal(first) == nil)
        var second = SampleRequest.bare
        try second.sign(other)
        #expect(await stand.refusal(second) == nil)
        var chain = SampleRequest.bare
        try chain.sign(key, Claim(keyID: "\"eip155:1:\(key.address.lowercase)\""))
        #expect(await stand.refusal(chain) == nil)
        var early = SampleRequest.bare
        try early.sign(key, Claim(keyID: "\"erc8128:8453:\(key.address.checksummed)\"", tag: ""))
        #expect(await stand.refusal(early) == .nonceReused, "one account, in either revision's spelling")
        await stand.gate.close()
    }

    @Test("A used nonce is kept until no clock of ours can take its request, and then forgotten")
    func purge() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet())
        #expect(await stand.refusal(request) == nil)
        let end = Gate.start.adding(seconds: 91)
        for (moment, removed) in [
            (end, 0), (end.adding(seconds: UsedProofs.graceSeconds), 0),
            (end.adding(seconds: UsedProofs.graceSeconds + 1), 1),
        ] {
            let count = try await stand.gate.database.write { try UsedProofs().purge(at: moment, limit: 10, in: $0) }
            #expect(count == removed)
        }
        await stand.gate.close()
    }

    @Test("Without the database nobody is let in")
    func failsClosed() async throws {
        let stand = try await SignedStand.open()
        var request = SampleRequest.bare
        try request.sign(try Fixed.wallet())
        await stand.gate.close()
        #expect(await stand.refusal(request) == .unavailable)
    }
}
