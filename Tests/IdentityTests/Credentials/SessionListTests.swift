import Database
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Sessions of a wallet")
struct SessionListTests {
    @Test("A list shows the wallet's good sessions, newest first, with their last use")
    func list() async throws {
        let gate = try await Gate.open()
        let first = try await gate.logIn(Fixed.wallet())
        _ = try await gate.logIn(Fixed.wallet(2))
        gate.clock.advance(seconds: 1_200)
        let second = try await gate.logIn(Fixed.wallet())
        let gone = try await gate.logIn(Fixed.wallet())
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: gone.token))
        let owner = try await gate.owner(second.token)
        let credentials = gate.credentials()
        _ = try await credentials.recordUses(limit: 10)
        let listed = try await credentials.sessions(of: owner)
        #expect(listed.sessions.map(\.id) == [second.sessionID, first.sessionID])
        #expect(listed.sessions.map(\.kind) == ["login", "login"])
        #expect(listed.sessions.map(\.lastUsedAt) == [Gate.start.adding(seconds: 1_200), nil])
        #expect(!listed.hasMore)
        gate.clock.advance(seconds: Sessions.lifetimeSeconds - 1_200)
        #expect(try await credentials.sessions(of: owner).sessions.map(\.id) == [second.sessionID])
        await gate.close()
    }

    @Test("A list has at most a hundred sessions, and says if there are more", arguments: [99, 100, 101])
    func bound(count: Int) async throws {
        let gate = try await Gate.open()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        try await gate.database.write { tx in
            for number in 1..<count {
                _ = try Sessions().begin(id: "lgn_\(number)", of: owner.wallet, at: Gate.start, in: tx)
            }
        }
        let listed = try await gate.credentials().sessions(of: owner)
        #expect(listed.sessions.count == min(count, 100))
        #expect(listed.hasMore == (count > 100))
        await gate.close()
    }

    @Test("One session is ended: it alone, its owner's alone, once")
    func one() async throws {
        let gate = try await Gate.open()
        let log = EndedLog()
        let (first, second) = (try await gate.logIn(Fixed.wallet()), try await gate.logIn(Fixed.wallet()))
        let other = try await gate.logIn(Fixed.wallet(2))
        let owner = try await gate.owner(second.token)
        let credentials = gate.credentials(log: log)
        #expect(await refusal(gate, first.token) == nil)
        try await credentials.revokeSession(first.sessionID, by: owner)
        #expect(await refusal(gate, first.token) == .revoked)
        #expect(await refusal(gate, second.token) == nil)
        #expect(log.all == [.some([first.sessionID])])
        for id in [first.sessionID, other.sessionID, "lgn_none", ""] {
            await #expect(throws: Credentials.UnknownSession()) {
                try await credentials.revokeSession(id, by: owner)
            }
        }
        #expect(await refusal(gate, other.token) == nil)
        #expect(log.all.count == 1)
        await gate.close()
    }

    @Test("Everything of the wallet is ended at once, and nothing of another's; a restart changes nothing")
    func all() async throws {
        let gate = try await Gate.open()
        let log = EndedLog()
        let (first, second) = (try await gate.logIn(Fixed.wallet()), try await gate.logIn(Fixed.wallet()))
        let other = try await gate.logIn(Fixed.wallet(2))
        let (key, otherKey) = (try await gate.apiKey(), try await gate.apiKey(wallet: 2))
        let ownToken = try walletToken(1, gate)
        let otherToken = try walletToken(2, gate)
        for token in [first.token, second.token, other.token, key.text, otherKey.text, ownToken, otherToken] {
            #expect(await refusal(gate, token) == nil)
        }
        let owner = try await gate.owner(second.token)
        var scope = Credentials.RevocationScope()
        scope.endsAPIKeys = true
        let counts = try await gate.credentials(log: log).revokeAll(scope, by: owner)
        // Two logins here and one to make the key.
        #expect(counts == .init(sessions: 3, apiKeys: 1, devices: 0, repositories: 0))
        #expect(log.all == [.all(of: owner.wallet)])
        let gone = [first.token, second.token, key.text, ownToken]
        let left = [other.token, otherKey.text, otherToken]
        for token in gone { #expect(await refusal(gate, token) == .revoked) }
        for token in left { #expect(await refusal(gate, token) == nil) }
        await gate.close()
        let again = try await Gate.open(in: gate.folder, sessionKey: gate.sessionKey)
        for token in gone { #expect(await refusal(again, token) == .revoked) }
        for token in left { #expect(await refusal(again, token) == nil) }
        await again.close()
    }

    @Test("What is to be kept is kept", arguments: [false, true], [false, true])
    func kept(current: Bool, walletTokens: Bool) async throws {
        let gate = try await Gate.open()
        let (first, second) = (try await gate.logIn(Fixed.wallet()), try await gate.logIn(Fixed.wallet()))
        let key = try await gate.apiKey()
        let token = try walletToken(1, gate)
        for text in [first.token, key.text, token] { #expect(await refusal(gate, text) == nil) }
        var scope = Credentials.RevocationScope()
        scope.keepsCurrent = current
        scope.keepsWalletTokens = walletTokens
        _ = try await gate.credentials().revokeAll(scope, by: gate.owner(second.token))
        #expect(await refusal(gate, first.token) == .revoked)
        #expect(await refusal(gate, second.token) == (current ? nil : .revoked))
        #expect(await refusal(gate, token) == (walletTokens ? nil : .revoked))
        #expect(await refusal(gate, key.text) == nil)
        await gate.close()
    }

    private func walletToken(_ number: UInt8, _ gate: Gate) throws -> String {
        let message = try WalletTokenMessage(
            wallet: Fixed.address(number).lowercase, expires: Gate.start.adding(seconds: 86_400).iso8601)
        return try gate.walletTokens.create(
            message, signature: Fixed.wallet(number).signature(message.text), at: Gate.start)
    }
}
