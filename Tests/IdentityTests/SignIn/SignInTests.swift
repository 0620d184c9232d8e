import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Sign-In with Ethereum", .onEveryEngine)
struct SignInTests {
    private func refusal(_ gate: Gate, _ message: String, _ signature: String) async throws -> SignInError? {
        do {
            _ = try await gate.signIn.verify(message: message, signature: signature)
            return nil
        } catch let error as SignInError {
            return error
        }
    }

    /// A text that a client wrote around a nonce of ours.
    private func own(_ nonce: SignInNonce, _ wallet: Address, at now: Timestamp = Gate.start) -> String {
        """
        \(nonce.domain) wants you to sign in with your Ethereum account:
        \(wallet.checksummed)

        My own words.

        URI: \(nonce.uri)
        Version: 1
        Chain ID: \(nonce.chainIDs[0])
        Nonce: \(nonce.nonce)
        Issued At: \(now.iso8601)
        Request ID:\u{20}
        Resources:
        """
    }

    @Test("A text of ours, signed, is a session whose token names the chain")
    func ready() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let challenge = try gate.signIn.challenge(address: wallet.address.lowercase)
        let message = try SignInMessage(parsing: challenge.message)
        #expect(message.nonce == challenge.nonce && message.address == wallet.address && message.chainID == 8_453)
        #expect(message.expiresAt == challenge.expiresAt)
        #expect(challenge.message.contains(gate.keys.commitment))
        let grant = try await gate.signIn.verify(
            message: challenge.message, signature: wallet.signature(challenge.message))
        #expect(grant.address == wallet.address)
        let principal = try await gate.authenticator.authenticate(bearer: grant.token)
        #expect(principal.walletID == grant.walletID)
        let claims = try #require(Base64.decodeURL(String(grant.token.split(separator: ".")[1])))
        #expect(try JSON(parsing: claims)["chainId"]?.integer == 8_453)
        let plain = try await gate.logIn(wallet)
        #expect(plain.walletID == grant.walletID, "both ways in lead to one wallet")
        let other = try #require(Base64.decodeURL(String(plain.token.split(separator: ".")[1])))
        #expect(try JSON(parsing: other)["chainId"] == nil)
        await gate.close()
    }

    @Test("A text of the client's around our nonce is taken to the byte, and not after one changed")
    func written() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let message = own(gate.signIn.nonce(), wallet.address)
        let signature = wallet.signature(message)
        let altered = message.replacing("My own", with: "My 0wn")
        #expect(try await refusal(gate, altered, signature) == .signatureInvalid)
        let normalised = message.replacing("Request ID: \nResources:", with: "Request ID: ")
        #expect(normalised != message)
        #expect(try await refusal(gate, normalised, signature) == .signatureInvalid)
        #expect(try await refusal(gate, message, signature) == nil)
        #expect(try await refusal(gate, message, signature) == .challenge(.used))
        await gate.close()
    }

    @Test("Asking stores nothing, and a refused attempt leaves the nonce usable")
    func free() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        for _ in 0..<100 { _ = gate.signIn.nonce() }
        let challenge = try gate.signIn.challenge(address: wallet.address.checksummed)
        #expect(try await refusal(gate, challenge.message, wallet.signature("other")) == .signatureInvalid)
        for table in ["wallets", "used_nonces", "login_sessions"] { #expect(try await gate.count(table) == 0) }
        #expect(try await refusal(gate, challenge.message, wallet.signature(challenge.message)) == nil)
        await gate.close()
    }

    @Test("Of fifty callers with one signed text one gets in")
    func fifty() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let message = own(gate.signIn.nonce(), wallet.address)
        let signature = wallet.signature(message)
        let outcomes = try await withThrowingTaskGroup(of: SignInError?.self) { group in
            for _ in 0..<50 { group.addTask { try await refusal(gate, message, signature) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .challenge(.used) } == 49)
        #expect(try await gate.count("login_sessions") == 1)
        await gate.close()
    }

    @Test("Nonces of other purposes, for other wallets, of other gateways, too old or made up are refused")
    func nonces() async throws {
        let gate = try await Gate.open()
        let elsewhere = try await Gate.open(root: 8)
        let (wallet, other) = (try Fixed.wallet(1), try Fixed.wallet(2))
        let texts = [
            try gate.login.challenge().nonce, elsewhere.signIn.nonce().nonce, "12345678",
            String(repeating: "0", count: 86),
        ]
        for nonce in texts {
            var made = gate.signIn.nonce()
            made = SignInNonce(
                nonce: nonce, domain: made.domain, uri: made.uri, chainIDs: made.chainIDs, expiresAt: made.expiresAt)
            let message = own(made, wallet.address)
            let found = try await refusal(gate, message, wallet.signature(message))
            #expect(found?.code == "CHALLENGE_EXPIRED", "\(nonce)")
        }
        let stolen = try gate.signIn.challenge(address: wallet.address.checksummed).message
            .replacing(wallet.address.checksummed, with: other.address.checksummed)
        #expect(try await refusal(gate, stolen, other.signature(stolen)) == .challenge(.unknown))
        let late = own(gate.signIn.nonce(), wallet.address, at: Gate.start.adding(seconds: 300))
        gate.clock.advance(seconds: 300)
        #expect(try await refusal(gate, late, wallet.signature(late)) == .challenge(.expired))
        await gate.close()
        await elsewhere.close()
    }

    @Test("Another wallet's signature, a high s, an odd v: one answer; of another length: malformed")
    func signatures() async throws {
        let gate = try await Gate.open()
        let (wallet, other) = (try Fixed.wallet(1), try Fixed.wallet(2))
        let message = own(gate.signIn.nonce(), wallet.address)
        let signature = wallet.sign(personalMessage: Array(message.utf8))
        let compact = Hex.encode(signature.r + signature.s)
        let odd = compact + "1d"
        for bad in [other.signature(message), Fixed.highS(signature), odd] {
            #expect(try await refusal(gate, message, bad) == .signatureInvalid)
        }
        for bad in ["", "0x", "zz", compact, String(repeating: "0", count: 129)] {
            #expect(try await refusal(gate, message, bad) == .malformedSignature)
        }
        let long = String(repeating: "00", count: 66)
        #expect(try await refusal(gate, message, long) == .contractWalletsNotServed)
        #expect(try await refusal(gate, message, compact + Hex.encode([signature.v - 27])) == nil)
        await gate.close()
    }

    @Test("A text of ours is asked for with an address and a chain that is served")
    func asking() async throws {
        let gate = try await Gate.open()
        #expect(throws: SignInError.malformedAddress) { try gate.signIn.challenge(address: "0x12") }
        let wallet = try Fixed.address()
        #expect(throws: SignInError.chainNotServed) {
            try gate.signIn.challenge(address: wallet.lowercase, chainID: 1)
        }
        await gate.close()
    }

    @Test("Every error has a stable code, and all that a wrong signature can be has one")
    func codes() {
        let codes = SignInError.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(SignInError.all.filter { $0.blame == .chain } == [.unavailable])
        for part in SignInPart.allCases { #expect(SignInError.malformed(part).code == "siwe_malformed") }
    }
}
