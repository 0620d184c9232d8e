import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Logging in", .onEveryEngine)
struct LoginTests {
    @Test("Challenge, signature, session: with and without a wallet named, in any spelling of the address")
    func happy() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        for named in [nil, wallet.address.checksummed, wallet.address.lowercase] {
            let challenge = try gate.login.challenge(wallet: named)
            #expect(challenge.message.contains(challenge.nonce))
            #expect(challenge.message.contains(gate.keys.commitment))
            #expect(challenge.message.contains("Wallet:") == (named != nil))
            let grant = try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce)
            #expect(grant.address == wallet.address)
            #expect(grant.expiresAt == Gate.start.adding(seconds: 86_400))
        }
        #expect(try await gate.count("wallets") == 1)
        #expect(try await gate.count("login_sessions") == 3)
        await gate.close()
    }

    @Test("Asking for a thousand challenges stores nothing")
    func challengesAreFree() async throws {
        let gate = try await Gate.open()
        for _ in 0..<1_000 { _ = try gate.login.challenge() }
        for table in ["wallets", "used_nonces", "login_sessions"] { #expect(try await gate.count(table) == 0) }
        await gate.close()
    }

    @Test("v may be 27, 28, 0 or 1; the high-s twin is refused")
    func signatureForms() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.login.challenge()
        let signature = wallet.sign(personalMessage: Array(challenge.message.utf8))
        func verify(_ text: String) async throws -> LoginGrant {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: text, nonce: challenge.nonce)
        }
        #expect(try await loginError { try await verify(Fixed.highS(signature)) } == .signatureInvalid)
        let bare = Hex.encode(signature.r + signature.s + [signature.v - 27])
        #expect(try await verify(bare).address == wallet.address)
        await gate.close()
    }

    @Test(
        "What is malformed is said to be: 400",
        arguments: [
            ("address", "0x12", LoginError.malformedAddress), ("address", "", .malformedAddress),
            ("address", "0x7e5F4552091A69125d5DfCb7b8C2659029395Bdf", .malformedAddress),
            ("signature", "", .malformedSignature), ("signature", "0x", .malformedSignature),
            ("signature", String(repeating: "0", count: 128), .malformedSignature),
            ("signature", String(repeating: "0", count: 132), .contractWalletsNotServed),
            ("signature", String(repeating: "g", count: 130), .malformedSignature),
            ("nonce", "", .malformedNonce), ("nonce", "abc", .malformedNonce),
        ])
    func malformed(field: String, value: String, expected: LoginError) async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.login.challenge()
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: field == "address" ? value : wallet.address.lowercase,
                signature: field == "signature" ? value : wallet.signature(challenge.message),
                nonce: field == "nonce" ? value : challenge.nonce)
        }
        #expect(error == expected)
        #expect(error?.blame == .request)
        await gate.close()
    }

    @Test(
        "Numbers out of range and signatures of nobody are invalid: 401",
        arguments: [
            String(repeating: "00", count: 64) + "1b", String(repeating: "ff", count: 64) + "1b",
            String(repeating: "00", count: 31) + "01" + String(repeating: "00", count: 31) + "01" + "1d",
            // r = 5 is the x of no point of the curve.
            String(repeating: "00", count: 31) + "05" + String(repeating: "00", count: 31) + "01" + "1b",
        ])
    func invalid(signature: String) async throws {
        let gate = try await Gate.open()
        let challenge = try gate.login.challenge()
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: Fixed.address().lowercase, signature: signature, nonce: challenge.nonce)
        }
        #expect(error == .signatureInvalid)
        #expect(error?.blame == .proof)
        await gate.close()
    }

    @Test("Another signer, another text, another origin: the address does not match")
    func mismatch() async throws {
        let gate = try await Gate.open()
        let elsewhere = try await Gate.open(origin: "https://evil.example", sessionKey: gate.sessionKey)
        let wallet = try Fixed.wallet(1)
        let challenge = try gate.login.challenge()
        let relayed = try elsewhere.login.challenge()
        let cases = [
            (try Fixed.wallet(2).signature(challenge.message), challenge.nonce),
            (wallet.signature(challenge.message + "\n"), challenge.nonce),
            (wallet.signature(challenge.message.replacing("gateway", with: "gatevvay")), challenge.nonce),
            (wallet.signature(relayed.message), relayed.nonce),
        ]
        for (signature, nonce) in cases {
            let error = try await loginError {
                try await gate.login.verify(
                    walletAddress: wallet.address.lowercase, signature: signature, nonce: nonce)
            }
            #expect(error == .addressMismatch)
        }
        #expect(try await gate.count("login_sessions") == 0)
        await gate.close()
        await elsewhere.close()
    }

    @Test("A challenge for one wallet is unknown from another")
    func boundMismatch() async throws {
        let gate = try await Gate.open()
        let other = try Fixed.wallet(2)
        let challenge = try gate.login.challenge(wallet: Fixed.address(1).lowercase)
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: other.address.lowercase, signature: other.signature(challenge.message),
                nonce: challenge.nonce)
        }
        #expect(error == .challengeUnknown)
        await gate.close()
    }

    @Test("A vault nonce is no login nonce")
    func otherPurpose() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let nonce = VaultNonces(authority: gate.authority, random: SystemRandom()).issue(
            for: WalletID(1), at: Gate.start)
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(nonce), nonce: nonce)
        }
        #expect(error == .challengeUnknown)
        await gate.close()
    }

    @Test("After five minutes a challenge has expired, before them it has not", arguments: [299, 300])
    func expiry(seconds: Int64) async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.login.challenge()
        gate.clock.advance(seconds: seconds)
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce)
        }
        #expect(error == (seconds < 300 ? nil : .challengeExpired))
        await gate.close()
    }

    @Test("A replay is refused, and stays refused after a restart")
    func replay() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.login.challenge()
        func verify(_ gate: Gate) async throws -> LoginGrant {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce)
        }
        _ = try await verify(gate)
        #expect(try await loginError { try await verify(gate) } == .challengeUsed)
        await gate.close()
        let again = try await Gate.open(in: gate.folder, sessionKey: gate.sessionKey)
        #expect(try await loginError { try await verify(again) } == .challengeUsed)
        #expect(try await again.count("login_sessions") == 1)
        await again.close()
    }

    @Test("A failed signature does not use up the nonce")
    func failureKeepsNonce() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet(1)
        let challenge = try gate.login.challenge()
        let error = try await loginError {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: Fixed.wallet(2).signature(challenge.message),
                nonce: challenge.nonce)
        }
        #expect(error == .addressMismatch)
        let grant = try await gate.login.verify(
            walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
            nonce: challenge.nonce)
        #expect(grant.address == wallet.address)
        await gate.close()
    }

    @Test("Of many logins at once with one nonce exactly one wins")
    func race() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.login.challenge()
        let signature = wallet.signature(challenge.message)
        let outcomes = try await withThrowingTaskGroup(of: LoginError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await loginError {
                        try await gate.login.verify(
                            walletAddress: wallet.address.lowercase, signature: signature, nonce: challenge.nonce)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .challengeUsed } == 7)
        #expect(try await gate.count("login_sessions") == 1)
        await gate.close()
    }

    @Test("Under new session keys an old challenge is unknown, and the wallet keeps its number")
    func restart() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let before = try await gate.logIn(wallet)
        let challenge = try gate.login.challenge()
        await gate.close()
        let again = try await Gate.open(in: gate.folder)
        let error = try await loginError {
            try await again.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce)
        }
        #expect(error == .challengeUnknown)
        #expect(try await again.logIn(wallet).walletID == before.walletID)
        #expect(await refusal(again, before.token) == .signatureInvalid)
        await again.close()
    }

    @Test("Used nonces and ended sessions are purged in bounded steps, and not too early")
    func purging() async throws {
        let gate = try await Gate.open()
        for _ in 0..<5 { _ = try await gate.logIn(try Fixed.wallet()) }
        func purge(_ seconds: Int64, limit: Int) async throws -> (nonces: Int, sessions: Int) {
            let moment = Gate.start.adding(seconds: seconds)
            return try await gate.database.write { tx in
                (
                    try UsedNonces().purge(at: moment, limit: limit, in: tx),
                    try Sessions().purge(before: moment, limit: limit, in: tx)
                )
            }
        }
        #expect(try await purge(300 + UsedNonces.graceSeconds, limit: 9) == (0, 0))
        #expect(try await purge(301 + UsedNonces.graceSeconds, limit: 3) == (3, 0))
        #expect(try await purge(86_400, limit: 9) == (2, 0))
        #expect(try await purge(86_401, limit: 2) == (0, 2))
        #expect(try await purge(86_401, limit: 9) == (0, 3))
        await gate.close()
    }

    @Test("Every error has a stable code", arguments: LoginError.allCases)
    func codes(error: LoginError) {
        #expect(!error.code.isEmpty)
        let isRequest =
            error.code.hasPrefix("malformed_") || error.code.hasSuffix("_not_served")
            || error == .proofInvalid
        #expect((error.blame == .request) == isRequest)
        #expect((error.blame == .chain) == (error == .signatureUnavailable))
    }
}
