import Primitives
import Testing

@testable import Identity

@Suite("Tokens that were verified before")
struct VerifiedTokensTests {
    private func principal(_ number: Int64) throws -> Principal {
        Principal(
            walletID: WalletID(number), address: try Fixed.address(), sessionID: "\(number)",
            expiresAt: Gate.start.adding(seconds: 60))
    }

    @Test("The cache never holds more than its two halves")
    func bounded() throws {
        let cache = VerifiedTokens(half: 4)
        for number in 0..<100 {
            cache.insert(try principal(Int64(number)), for: TokenDigest(of: "\(number)"))
            #expect(cache.count <= 8)
        }
        #expect(cache.principal(for: TokenDigest(of: "99"), at: Gate.start)?.walletID == WalletID(99))
        #expect(cache.principal(for: TokenDigest(of: "0"), at: Gate.start) == nil)
    }

    @Test("What is used stays")
    func recentlyUsed() throws {
        let cache = VerifiedTokens(half: 4)
        cache.insert(try principal(-1), for: TokenDigest(of: "mine"))
        for number in 0..<100 {
            cache.insert(try principal(Int64(number)), for: TokenDigest(of: "\(number)"))
            #expect(cache.principal(for: TokenDigest(of: "mine"), at: Gate.start)?.walletID == WalletID(-1))
        }
    }

    @Test("An expired principal is gone, from either half")
    func expired() throws {
        let cache = VerifiedTokens(half: 1)
        cache.insert(try principal(1), for: TokenDigest(of: "old"))
        cache.insert(try principal(2), for: TokenDigest(of: "new"))
        let end = Gate.start.adding(seconds: 60)
        #expect(cache.principal(for: TokenDigest(of: "old"), at: end) == nil)
        #expect(cache.principal(for: TokenDigest(of: "new"), at: end) == nil)
        #expect(cache.count == 0)
    }

    @Test("Digests of different tokens differ, of equal ones do not")
    func digests() {
        let digests = Set((0..<1_000).map { TokenDigest(of: "token \($0)") })
        #expect(digests.count == 1_000)
        #expect(digests.contains(TokenDigest(of: "token 7")))
    }
}
