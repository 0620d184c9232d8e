import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Wallet tokens revoked by the dozen", .onEveryEngine)
struct WalletTokenMarksTests {
    private static let maximum = WalletTokenMarks.maximumRevocations

    /// The wallet's token that expires `days` and `number` seconds from the start.
    private func token(_ number: Int, days: Int64 = 30, wallet: UInt8 = 1) throws -> String {
        let expires = Gate.start.adding(seconds: days * 86_400 + Int64(number)).iso8601
        let message = try WalletTokenMessage(wallet: Fixed.address(wallet).checksummed, expires: expires)
        let now = Gate.start.adding(seconds: max(0, days - 365) * 86_400 + Int64(number))
        return try WalletTokens(origin: Gate.origin)
            .create(message, signature: Fixed.wallet(wallet).signature(message.text), at: now)
    }

    private func revoke(_ numbers: Range<Int>, _ gate: Gate) async throws -> [Revocation] {
        var found: [Revocation] = []
        for number in numbers {
            let principal = try await gate.authenticator.authenticate(bearer: token(number))
            found.append(try await gate.authenticator.logout(principal))
        }
        return found
    }

    @Test("Up to the bound each logout ends one token; one above ends them all, here and after a restart")
    func bound() async throws {
        let gate = try await Gate.open()
        let kept = try token(1_000)
        let fresh = try token(1_001)
        let neighbour = try token(1, wallet: 2)
        #expect(try await revoke(0..<Self.maximum, gate).allSatisfy { $0 == .one })
        #expect(await refusal(gate, kept) == nil)
        #expect(try await gate.count("login_sessions") == Int64(Self.maximum))

        let mark = Gate.start.adding(seconds: WalletTokens.maximumLifetimeSeconds)
        #expect(
            try await revoke(Self.maximum..<Self.maximum + 1, gate) == [.walletTokens(upTo: mark)])
        #expect(try await gate.count("login_sessions") == 0)
        #expect(try await gate.count("wallet_token_marks") == 1)
        for token in [kept, fresh, try token(0), try token(Self.maximum)] {
            #expect(await refusal(gate, token) == .revoked)
        }
        #expect(await refusal(gate, neighbour) == nil)
        let login = try await gate.logIn(try Fixed.wallet())
        #expect(await refusal(gate, login.token) == nil)
        await gate.close()

        let again = try await Gate.open(in: gate.folder)
        for token in [kept, fresh, try token(0)] { #expect(await refusal(again, token) == .revoked) }
        #expect(await refusal(again, neighbour) == nil)
        await again.close()
    }

    @Test("A token that expires after the mark works, on the mark it does not", arguments: [0, 1])
    func afterTheMark(seconds: Int) async throws {
        let gate = try await Gate.open()
        _ = try await revoke(0..<Self.maximum + 1, gate)
        gate.clock.advance(seconds: Int64(seconds))
        let late = try token(seconds, days: 365)
        #expect(await refusal(gate, late) == (seconds > 0 ? nil : .revoked))
        if seconds > 0 {
            let principal = try await gate.authenticator.authenticate(bearer: late)
            #expect(try await gate.authenticator.logout(principal) == .one)
            #expect(await refusal(gate, late) == .revoked)
        }
        await gate.close()
    }

    @Test("Logging out twice with one token counts once")
    func twice() async throws {
        let gate = try await Gate.open()
        _ = try await revoke(0..<Self.maximum - 1, gate)
        let principal = try await gate.authenticator.authenticate(bearer: token(5_000))
        for _ in 0..<3 { #expect(try await gate.authenticator.logout(principal) == .one) }
        #expect(await refusal(gate, try token(6_000)) == nil)
        await gate.close()
    }

    @Test("Logins do not count, and a mark leaves them their rows")
    func logins() async throws {
        let gate = try await Gate.open()
        let login = try await gate.logIn(try Fixed.wallet())
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: login.token))
        #expect(try await revoke(0..<Self.maximum, gate).last == .one)
        _ = try await revoke(Self.maximum..<Self.maximum + 1, gate)
        #expect(try await gate.count("login_sessions") == 1)
        #expect(await refusal(gate, login.token) == .revoked)
        await gate.close()
    }

    @Test("Memory holds one entry for a mark, and none once it refuses nothing any more")
    func memory() throws {
        let revoked = RevokedSessions()
        func principal(_ number: Int) throws -> Principal {
            Principal(
                walletID: WalletID(1), address: try Fixed.address(), sessionID: "wtk_\(number)",
                expiresAt: Gate.start.adding(seconds: Int64(number)))
        }
        for number in 1...10 { revoked.insert(try principal(number), .one) }
        revoked.insert(try principal(11), .walletTokens(upTo: Gate.start.adding(seconds: 11)))
        #expect(revoked.count == 1)
        #expect(revoked.contains(try principal(11)))
        #expect(revoked.contains(try principal(3)))
        #expect(!revoked.contains(try principal(12)))
        // A logout that was decided before comes in after: the mark does not go back.
        revoked.insert(try principal(2), .walletTokens(upTo: Gate.start.adding(seconds: 2)))
        #expect(revoked.contains(try principal(11)))
        revoked.purge(before: Gate.start.adding(seconds: 12))
        #expect(revoked.count == 0)
    }

    @Test("A mark is removed from the table only once it refuses nothing", arguments: [-1, 0, 1])
    func purging(seconds: Int64) async throws {
        let gate = try await Gate.open()
        _ = try await revoke(0..<Self.maximum + 1, gate)
        let moment = Gate.start.adding(seconds: WalletTokens.maximumLifetimeSeconds + seconds)
        let removed = try await gate.database.write { tx in
            try WalletTokenMarks().purge(before: moment, limit: 10, in: tx)
        }
        #expect(removed == (seconds > 0 ? 1 : 0))
        await gate.close()
    }
}
