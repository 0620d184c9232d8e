import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("The quotas of wallets hold in the database", .onEveryEngine)
struct WalletRateTests {
    @Test("a wallet logs in as often as its quota says; the refused login keeps its nonce and begins no session")
    func login() async throws {
        let gate = try await Gate.open(quota: RateQuota("2/60"))
        let wallet = try WalletKey.generate()
        _ = try await gate.logIn(wallet)
        _ = try await gate.logIn(wallet)
        let challenge = try gate.login.challenge()
        let signature = wallet.signature(challenge.message)
        await #expect(throws: RateExceeded(retryAfterSeconds: 30)) {
            try await gate.login.verify(
                walletAddress: wallet.address.checksummed, signature: signature, nonce: challenge.nonce)
        }
        #expect(try await gate.count("login_sessions") == 2)
        // Another wallet is not kept waiting.
        _ = try await gate.logIn(try WalletKey.generate())
        gate.clock.advance(seconds: 30)
        _ = try await gate.login.verify(
            walletAddress: wallet.address.checksummed, signature: signature, nonce: challenge.nonce)
        await gate.close()
    }

    @Test("a login that fails uses nothing of the wallet's quota: strangers cannot lock anybody out")
    func failing() async throws {
        let gate = try await Gate.open(quota: RateQuota("1/60"))
        let (wallet, stranger) = (try WalletKey.generate(), try WalletKey.generate())
        for _ in 0..<5 {
            let challenge = try gate.login.challenge()
            await #expect(throws: LoginError.addressMismatch) {
                try await gate.login.verify(
                    walletAddress: wallet.address.checksummed, signature: stranger.signature(challenge.message),
                    nonce: challenge.nonce)
            }
        }
        _ = try await gate.logIn(wallet)
        await gate.close()
    }

    @Test("of fifty logins at once exactly as many pass as the quota says")
    func atOnce() async throws {
        let gate = try await Gate.open(quota: RateQuota("7/60"))
        let wallet = try WalletKey.generate()
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { (try? await gate.logIn(wallet)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 7)
        await gate.close()
    }

    @Test("a bucket that is full again leaves its row behind for the purge, an emptier one stays")
    func purging() async throws {
        let gate = try await Gate.open(quota: RateQuota("2/60"))
        _ = try await gate.logIn(try WalletKey.generate())
        let (rates, start) = (WalletRates(), gate.clock.now())
        #expect(try await gate.database.write { try rates.purge(before: start, limit: 10, in: $0) } == 0)
        let later = start.adding(seconds: 31)
        #expect(try await gate.database.write { try rates.purge(before: later, limit: 10, in: $0) } == 1)
        #expect(try await gate.count("wallet_rates") == 0)
        await gate.close()
    }
}
