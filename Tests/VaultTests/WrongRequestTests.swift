import Cryptography
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("Wrong requests to the vault", .onEveryEngine)
struct WrongRequestTests {
    private static let providerKey = "sk-ant-api03-the-key-that-stays"

    /// How a request can be wrong.
    enum Fault: CaseIterable, Sendable {
        case noSignature, noNonce, emptySignature, shortSignature, highS, otherSigner, otherText, otherOrigin
        case otherWalletsNonce, expiredNonce, usedNonce, inventedNonce

        var expected: VaultError {
            switch self {
            case .noSignature: .signatureRequired
            case .noNonce: .nonceRequired
            case .emptySignature, .shortSignature, .highS: .signatureInvalid
            case .otherSigner, .otherText, .otherOrigin: .addressMismatch
            case .otherWalletsNonce, .expiredNonce, .usedNonce, .inventedNonce: .nonceRejected
            }
        }
    }

    @Test("Every wrong request is refused, by store and unlock alike, and changes nothing", arguments: Fault.allCases)
    func faults(fault: Fault) async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store(Self.providerKey, by: person)
        room.open.close(grant: person.caller.grant)
        let audited = try await room.count("vault_log")
        let (signature, nonce) = try await request(fault, person, room)
        let stored = try await vaultError {
            try await room.vault.store(
                .anthropic, key: Secret(copying: Array("sk-ant-other".utf8)), signature: signature, nonce: nonce,
                for: person.caller)
        }
        #expect(stored == fault.expected)
        let unlocked = try await vaultError {
            try await room.vault.unlock(signature: signature, nonce: nonce, providers: nil, for: person.caller)
        }
        #expect(unlocked == fault.expected)
        #expect(try await room.status(of: person) == ProviderStatus(configured: true, unlocked: false))
        #expect(try await room.count("vault_log") == audited)
        _ = try await room.unlock(by: person)
        #expect(try await room.key(of: person) == Self.providerKey)
        await room.close()
    }

    private func request(
        _ fault: Fault, _ person: Person, _ room: Room
    ) async throws -> (signature: String?, nonce: String?) {
        let (message, nonce) = try await room.challenge(for: person.caller)
        let signature = person.signature(message)
        switch fault {
        case .noSignature: return (nil, nonce)
        case .noNonce: return (signature, nil)
        case .emptySignature: return ("", nonce)
        case .shortSignature: return (String(signature.dropLast(2)), nonce)
        case .highS: return (Self.highS(person.key.sign(personalMessage: Array(message.utf8))), nonce)
        case .otherSigner: return (try Person(2).signature(message), nonce)
        case .otherText: return (person.signature("Log in\n\nNonce: \(nonce)"), nonce)
        case .otherOrigin: return (person.signature(message.replacing("gateway", with: "gatevvay")), nonce)
        case .otherWalletsNonce: return (signature, try await room.challenge(for: Person(2).caller).nonce)
        case .inventedNonce: return (signature, "abc")
        case .usedNonce:
            _ = try await room.vault.unlock(signature: signature, nonce: nonce, providers: [], for: person.caller)
            return (signature, nonce)
        case .expiredNonce:
            room.clock.advance(seconds: 300)
            return (signature, nonce)
        }
    }

    /// The other signature that the same key could have made: (r, n - s) with the other v.
    private static func highS(_ signature: WalletSignature) -> String {
        let order = Hex.decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141") ?? []
        var high = order
        var borrow = 0
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature.s[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            high[index] = UInt8(truncatingIfNeeded: difference)
        }
        return "0x" + Hex.encode(signature.r + high + [signature.v == 27 ? 28 : 27])
    }

    @Test("Of many requests at once with one nonce exactly one wins")
    func race() async throws {
        let room = try Room.open()
        let person = try Person()
        let (message, nonce) = try await room.challenge(for: person.caller)
        let signature = person.signature(message)
        let outcomes = try await withThrowingTaskGroup(of: VaultError?.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await vaultError {
                        try await room.vault.store(
                            .anthropic, key: Secret(copying: Array("sk-ant-\(number)".utf8)), signature: signature,
                            nonce: nonce, for: person.caller)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .nonceRejected } == 7)
        #expect(try await room.count("vault_secrets") == 1)
        #expect(try await room.count("vault_log") == 1)
        await room.close()
    }
}
