import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Nonces for the provider vault", .onEveryEngine)
struct VaultNoncesTests {
    private let wallet = WalletID(3)

    private func consume(
        _ nonce: String, of wallet: WalletID, at moment: Timestamp = Gate.start, _ gate: Gate
    ) async throws -> Bool {
        let nonces = VaultNonces(authority: gate.authority, random: SystemRandom())
        return try await gate.database.write { try nonces.consume(nonce, for: wallet, at: moment, in: $0) }
    }

    private func issue(_ gate: Gate) -> String {
        VaultNonces(authority: gate.authority, random: SystemRandom()).issue(for: wallet, at: Gate.start)
    }

    @Test("Good once, for its wallet, within five minutes")
    func once() async throws {
        let gate = try await Gate.open()
        let nonce = issue(gate)
        #expect(try await gate.count("used_nonces") == 0)
        #expect(try await consume(nonce, of: WalletID(4), gate) == false)
        #expect(try await consume(nonce, of: wallet, at: Gate.start.adding(seconds: 300), gate) == false)
        let nonces = VaultNonces(authority: gate.authority, random: SystemRandom())
        #expect(!nonces.isGenuine(nonce, for: WalletID(4), at: Gate.start))
        #expect(!nonces.isGenuine(nonce, for: wallet, at: Gate.start.adding(seconds: 300)))
        #expect(nonces.isGenuine(nonce, for: wallet, at: Gate.start.adding(seconds: 299)))
        #expect(try await consume(nonce, of: wallet, at: Gate.start.adding(seconds: 299), gate))
        #expect(nonces.isGenuine(nonce, for: wallet, at: Gate.start), "whether it was used is not looked up")
        #expect(try await consume(nonce, of: wallet, gate) == false)
        #expect(try await gate.count("used_nonces") == 1)
        await gate.close()
    }

    @Test("A login's nonce, bound or not, and what is no nonce are refused")
    func otherPurpose() async throws {
        let gate = try await Gate.open()
        let bound = try gate.login.challenge(wallet: Fixed.address().lowercase).nonce
        let nonces = VaultNonces(authority: gate.authority, random: SystemRandom())
        for nonce in [bound, try gate.login.challenge().nonce, "", "abc"] {
            #expect(!nonces.isGenuine(nonce, for: wallet, at: Gate.start))
            #expect(try await consume(nonce, of: wallet, gate) == false)
        }
        await gate.close()
    }

    @Test("A transaction that fails gives the nonce back")
    func rolledBack() async throws {
        let gate = try await Gate.open()
        let nonce = issue(gate)
        let nonces = VaultNonces(authority: gate.authority, random: SystemRandom())
        await #expect(throws: ChallengeError.unknown) {
            try await gate.database.write { [wallet] tx in
                #expect(try nonces.consume(nonce, for: wallet, at: Gate.start, in: tx))
                throw ChallengeError.unknown
            }
        }
        #expect(try await consume(nonce, of: wallet, gate))
        await gate.close()
    }
}
