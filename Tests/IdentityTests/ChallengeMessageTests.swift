import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("The login text")
struct ChallengeMessageTests {
    private func message(_ wallet: Address?) -> String {
        ChallengeMessage(
            origin: "https://gateway.example", wallet: wallet, nonce: "0101ab", issuedAt: Gate.start,
            expiresAt: Gate.start.adding(seconds: 300), keySetCommitment: "c0ffee"
        ).text
    }

    @Test("It names us, our origin, the wallet, nonce, times and keys, to the byte")
    func bound() throws {
        #expect(
            message(try Fixed.address()) == """
                Sealgate asks you to log in at https://gateway.example

                Wallet: 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf
                Nonce: 0101ab
                Issued: 2025-11-20T12:00:00.000Z
                Expires: 2025-11-20T12:05:00.000Z
                Session keys: c0ffee

                Signing this text only proves that you hold the wallet. It sends no transaction and moves no funds.
                Do not sign it for any other site than the one named above.
                """)
    }

    @Test("Without a wallet the text is the same but for that line")
    func unbound() throws {
        let wallet = try Fixed.address()
        #expect(message(nil) == message(wallet).replacing("Wallet: \(wallet.checksummed)\n", with: ""))
        #expect(!message(nil).contains("\r"))
    }

    @Test("The commitment does not depend on the order of keys and names each of them")
    func commitment() {
        let keys = (0..<3).map { _ in ES256PrivateKey.generate().publicKey }
        let all = SessionKeys.commitment(of: keys)
        #expect(all == SessionKeys.commitment(of: keys.reversed()))
        #expect(all != SessionKeys.commitment(of: Array(keys.prefix(2))))
        let sorted = keys.map(\.thumbprint).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(all == Hex.encode(SHA256.hash(Array(sorted.joined(separator: "\n").utf8))))
    }
}
