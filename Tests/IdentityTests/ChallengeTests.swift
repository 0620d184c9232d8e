import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Nonces authenticate themselves")
struct ChallengeTests {
    private let authority: ChallengeAuthority
    private let now = Gate.start
    private let random = SeededRandom(seed: 11)

    init() throws {
        authority = try ChallengeAuthority(keys: Gate.tree(7))
    }

    private func outcome(
        _ text: String, _ purpose: ChallengePurpose = .login, by subject: ChallengeSubject = .anyone,
        context: [UInt8] = [], at moment: Timestamp? = nil, authority: ChallengeAuthority? = nil
    ) -> ChallengeError? {
        do throws(ChallengeError) {
            _ = try (authority ?? self.authority).verify(
                text, purpose, by: subject, context: context, at: moment ?? now)
            return nil
        } catch {
            return error
        }
    }

    private func issue(
        _ purpose: ChallengePurpose = .login, for subject: ChallengeSubject = .anyone, context: [UInt8] = []
    ) -> String {
        authority.issue(purpose, for: subject, context: context, at: now, random: random).text
    }

    @Test("A nonce is 86 lower-case alphanumerics, never the same twice, and comes back with its fields")
    func spelling() throws {
        let (nonce, text) = authority.issue(.login, for: .anyone, at: now, random: random)
        #expect(text.utf8.count == 86)
        #expect(text.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        #expect(try authority.verify(text, .login, by: .anyone, at: now) == nonce)
        #expect(nonce.issuedAt == now)
        #expect(nonce.expiresAt == now.adding(seconds: 300))
        #expect(issue() != text)
    }

    @Test("Every single bit counts")
    func bitFlips() throws {
        let text = issue(for: .address(try Fixed.address()))
        let bytes = try #require(Hex.decode(text))
        let owner = ChallengeSubject.address(try Fixed.address())
        #expect(outcome(text, by: owner) == nil)
        for bit in 0..<bytes.count * 8 {
            var altered = bytes
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(outcome(Hex.encode(altered), by: owner) != nil, "bit \(bit)")
        }
    }

    @Test(
        "Another spelling is none",
        arguments: ["", "00", "zz", "0x" + String(repeating: "0", count: 84), String(repeating: "é", count: 43)])
    func malformed(text: String) {
        #expect(outcome(text) == .malformed)
    }

    @Test("Upper case, a missing and an added digit are malformed")
    func spellings() {
        let text = issue()
        #expect(outcome(text.uppercased()) == .malformed)
        #expect(outcome(String(text.dropLast())) == .malformed)
        #expect(outcome(text + "0") == .malformed)
        #expect(outcome("0x" + text.dropLast(2)) == .malformed)
        #expect(outcome(" " + text.dropLast()) == .malformed)
    }

    @Test("It lives five minutes: refused from the very millisecond", arguments: [299_999, 300_000, 300_001])
    func expiry(milliseconds: Int64) {
        #expect(
            outcome(issue(), at: now.adding(milliseconds: milliseconds))
                == (milliseconds < ChallengeNonce.lifetimeMilliseconds ? nil : .expired))
    }

    @Test("A nonce from more than a minute ahead is not believed", arguments: [59_999, 60_000, 60_001])
    func clockPutBack(milliseconds: Int64) {
        #expect(
            outcome(issue(), at: now.adding(milliseconds: -milliseconds))
                == (milliseconds <= ChallengeAuthority.clockSkewMilliseconds ? nil : .unknown))
    }

    @Test("A nonce of one purpose is unknown to the other")
    func purposes() throws {
        let wallet = ChallengeSubject.wallet(WalletID(5))
        #expect(outcome(issue(.providerVault, for: wallet), .providerVault, by: wallet) == nil)
        #expect(outcome(issue(.providerVault, for: wallet), .login, by: wallet) == .unknown)
        #expect(outcome(issue(.login, for: wallet), .providerVault, by: wallet) == .unknown)
        #expect(outcome(issue(.login), .providerVault, by: wallet) == .unknown)
    }

    @Test("A bound nonce is good for its wallet only; an unbound one for any")
    func binding() throws {
        let mine = ChallengeSubject.address(try Fixed.address(1))
        let other = ChallengeSubject.address(try Fixed.address(2))
        #expect(outcome(issue(for: mine), by: mine) == nil)
        #expect(outcome(issue(for: mine), by: other) == .unknown)
        #expect(outcome(issue(for: mine), by: .anyone) == .unknown)
        #expect(outcome(issue(for: mine), by: .wallet(WalletID(1))) == .unknown)
        #expect(outcome(issue(), by: mine) == nil)
        #expect(outcome(issue(), by: other) == nil)
        #expect(outcome(issue(for: .wallet(WalletID(1))), by: .wallet(WalletID(2))) == .unknown)
    }

    @Test("Another context or another root makes it unknown")
    func context() throws {
        #expect(outcome(issue(context: [1]), context: [1]) == nil)
        #expect(outcome(issue(context: [1]), context: [2]) == .unknown)
        #expect(outcome(issue(context: [1])) == .unknown)
        #expect(outcome(issue(), authority: try ChallengeAuthority(keys: Gate.tree(8))) == .unknown)
    }
}
