import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("A vault is sealed under the plain text or under typed data, and opens by that one")
struct TextKindTests {
    @Test("Stored under typed data it opens by typed data, and says so when the text was signed")
    func typed() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-typed", by: person, kind: .typed)
        #expect(try await room.fullStatus(of: person).kind == .typed)
        let later = try Person(1, grant: "later")
        #expect(try await vaultError { try await room.unlock(by: later) } == .typedDataNeeded)
        #expect(try await room.status(of: later) == ProviderStatus(configured: true, unlocked: false))
        let outcome = try await room.unlock(by: later, kind: .typed)
        #expect(outcome.unlockedProviders == ["anthropic"])
        #expect(outcome.neededKind == nil)
        #expect(try await room.key(of: later) == "sk-ant-typed")
        await room.close()
    }

    @Test("Stored under the text, typed data are told that the text is needed")
    func personal() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-text", by: person)
        #expect(try await vaultError { try await room.unlock(by: person, kind: .typed) } == .plainTextNeeded)
        await room.close()
    }

    @Test("A second key is stored the same way as the first, the only one in either")
    func oneWay() async throws {
        let room = try Room.open()
        let person = try Person()
        let openai = try #require(ProviderSlug("openai"))
        try await room.store("sk-ant-text", by: person)
        #expect(
            try await vaultError { try await room.store("sk-openai", by: person, openai, kind: .typed) }
                == .plainTextNeeded)
        try await room.store("sk-ant-typed", by: person, kind: .typed)
        try await room.store("sk-openai", by: person, openai, kind: .typed)
        #expect(try await room.key(of: person, openai) == "sk-openai")
        #expect(try await room.key(of: person) == "sk-ant-typed")
        await room.close()
    }

    @Test("Typed data for another origin, wallet, epoch, purpose or chain are another's signature")
    func otherFields() async throws {
        let room = try Room.open()
        let person = try Person()
        let other = try Person(2)
        let texts: [(VaultText, Int64)] = [
            (VaultText(origin: "https://other.example", wallet: person.key.address), 8_453),
            (VaultText(origin: Room.origin, wallet: other.key.address), 8_453),
            (VaultText(origin: Room.origin, wallet: person.key.address, epoch: VaultEpoch(2)), 8_453),
            (VaultText(origin: Room.origin, wallet: person.key.address, purpose: .mcpSecrets), 8_453),
            (VaultText(origin: Room.origin, wallet: person.key.address), 1),
        ]
        for (text, chain) in texts {
            let signature = person.key.sign(typedData: try text.typedData(chainID: chain)).hex
            let nonce = try await room.challenge(for: person.caller).nonce
            let error = try await vaultError {
                try await room.vault.unlock(signature: signature, nonce: nonce, providers: nil, for: person.caller)
            }
            #expect(error == .addressMismatch)
        }
        await room.close()
    }
}
