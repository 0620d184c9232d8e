import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Vault

@Suite("Saved provider keys", .onEveryEngine)
struct WalletVaultTests {
    static let providerKey = "sk-ant-api03-Zm9vYmFy_the-key-of-this-test"

    @Test("Save, use, restart, unlock, use, delete")
    func journey() async throws {
        let room = try Room.open()
        let person = try Person()
        #expect(try await room.status(of: person) == ProviderStatus(configured: false, unlocked: false))
        #expect(try await keyError { try await room.key(of: person) } == .missing)
        #expect(
            try await room.store(Self.providerKey, by: person) == ProviderStatus(configured: true, unlocked: true))
        #expect(try await room.key(of: person) == Self.providerKey)
        await room.close()

        let again = try Room.open(in: room.folder)
        #expect(try await again.status(of: person) == ProviderStatus(configured: true, unlocked: false))
        #expect(try await keyError { try await again.key(of: person) } == .locked)
        let outcome = try await again.unlock(by: person)
        #expect(outcome.unlocked)
        #expect(outcome.unlockedProviders == ["anthropic"])
        #expect(outcome.lockedProviders + outcome.skippedProviders + outcome.migratedProviders == [])
        #expect(outcome.expiresInMilliseconds == OpenVaults.defaultWindowSeconds * 1_000)
        #expect(try await again.key(of: person) == Self.providerKey)
        #expect(try await again.status(of: person) == ProviderStatus(configured: true, unlocked: true))

        #expect(try await again.vault.delete(SecretScope(.anthropic), for: person.caller))
        #expect(try await again.vault.delete(SecretScope(.anthropic), for: person.caller) == false)
        #expect(try await again.status(of: person) == ProviderStatus(configured: false, unlocked: false))
        #expect(again.open.count == 0)
        await again.close()
    }

    @Test("The text is the same on every call, to the byte, and the nonce is not in it")
    func challenge() async throws {
        let room = try Room.open()
        let person = try Person()
        let first = try await room.challenge(for: person.caller)
        room.clock.advance(seconds: 1_000)
        let second = try await room.challenge(for: person.caller)
        #expect(first.message.utf8.elementsEqual(second.message.utf8))
        #expect(first.nonce != second.nonce)
        #expect(!second.message.contains(second.nonce))
        #expect(
            first.message == """
                Unlock your provider vault on Sealgate at https://gateway.example

                Wallet: 0x7e5f4552091a69125d5dfcb7b8c2659029395bdf
                Purpose: derive-provider-vault-key
                Version: 1
                Epoch: 1

                Signing this text only unlocks the provider keys that you saved there, for this session. \
                It sends no transaction and moves no funds. Whoever has the signature can open those keys: \
                never sign this text for another site.
                """)
        await room.close()
    }

    @Test(
        "A key that could break a header is refused",
        arguments: ["", " ", "sk-ant a", "sk-ant\r\nX-Evil: 1", "sk-ant\u{7F}", "sk-änt", "\u{0}"])
    func badKeys(key: String) async throws {
        let room = try Room.open()
        let person = try Person()
        #expect(try await vaultError { try await room.store(key, by: person) } == .keyInvalid)
        #expect(try await room.count("vault_secrets") == 0)
        await room.close()
    }

    @Test("A key has at most 512 bytes: what secret memory holds", arguments: [1, 511, 512])
    func keyLength(count: Int) async throws {
        let room = try Room.open()
        let person = try Person()
        let key = String(repeating: "k", count: count)
        try await room.store(key, by: person)
        #expect(try await room.key(of: person) == key)
        await room.close()
    }

    @Test("Only providers that are served can be stored")
    func otherProvider() async throws {
        let room = try Room.open()
        let slug = try #require(ProviderSlug("levanto"))
        #expect(try await vaultError { try await room.store("sk-x", by: Person(), slug) } == .providerUnknown)
        await room.close()
    }

    @Test("Each wallet has its own record; nobody opens another's")
    func wallets() async throws {
        let room = try Room.open()
        let one = try Person(1)
        let two = try Person(2)
        try await room.store("sk-ant-one", by: one)
        try await room.store("sk-ant-two", by: two)
        #expect(try await room.key(of: one) == "sk-ant-one")
        #expect(try await room.key(of: two) == "sk-ant-two")
        let stolen = try await keyError {
            try await room.database.write { tx in
                try room.vault.use(
                    SecretName(.anthropic), of: one.caller.wallet, grant: two.caller.grant, at: Room.start, in: tx
                ) { _ in one.caller.address }
            }
        }
        #expect(stolen == .locked)
        await room.close()
    }

    @Test("Providers that are not saved are skipped; an unlock of nothing opens nothing")
    func skipping() async throws {
        let room = try Room.open()
        let person = try Person()
        let nothing = try await room.unlock(by: person)
        #expect(!nothing.unlocked)
        #expect(nothing.expiresInMilliseconds == 0)
        #expect(room.open.count == 0)
        try await room.store(Self.providerKey, by: person)
        let outcome = try await room.unlock(by: person, providers: ["openai", "anthropic", "Kimi", "openai"])
        #expect(outcome.unlockedProviders == ["anthropic"])
        #expect(outcome.skippedProviders == ["Kimi", "openai"])
        let other = try await room.unlock(by: person, providers: ["openai"])
        #expect(!other.unlocked)
        await room.close()
    }

    @Test("What happened stands in the audit table, in order, and cannot be rewritten")
    func audit() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store(Self.providerKey, by: person)
        _ = try await room.unlock(by: person)
        try await room.vault.delete(SecretScope(.anthropic), for: person.caller)
        let rows = try await room.database.read { tx in
            try tx.rows("select wallet_id, subject, action, grant_id from vault_log order by sequence") { row in
                "\(try row.integer(0)) \(try row.text(1)) \(try row.text(2)) \(try row.text(3))"
            }
        }
        #expect(
            rows == [
                "1 provider/anthropic stored session-1", "1 provider/anthropic unlocked session-1",
                "1 provider/anthropic deleted session-1",
            ])
        await #expect(throws: DatabaseError.self) {
            try await room.database.write { tx in _ = try tx.execute("delete from vault_log") }
        }
        await room.close()
    }

    @Test("A use is noted beside what it wrote, and a new key starts unused")
    func noteUse() async throws {
        let room = try Room.open()
        let person = try Person()
        func lastUse() async throws -> Timestamp? {
            try await room.database.read { tx in
                try tx.first("select last_used_at from vault_secrets") { try $0.optionalTimestamp(0) } ?? nil
            }
        }
        try await room.store(Self.providerKey, by: person)
        #expect(try await lastUse() == nil)
        _ = try await room.key(of: person)
        #expect(try await lastUse() == Room.start)
        try await room.store(Self.providerKey, by: person)
        #expect(try await lastUse() == nil)
        await room.close()
    }

    @Test("The files hold neither the key, nor the signature, nor the address, in any spelling", .onFile)
    func files() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store(Self.providerKey, by: person)
        _ = try await room.unlock(by: person)
        let key = Array(Self.providerKey.utf8)
        let signature = person.key.sign(
            personalMessage: Array(try await room.challenge(for: person.caller).message.utf8))
        let address = person.key.address
        let needles = [
            Data(key), Data(key.suffix(16)), Data(Hex.encode(key).utf8), Data(Base64.encode(key).utf8.prefix(40)),
            Data(signature.r), Data(signature.s), Data(Hex.encode(signature.r).utf8), Data(address.bytes),
            Data(address.lowercase.dropFirst(2).utf8), Data(address.checksummed.dropFirst(2).utf8),
        ]
        let files = try room.folder.contents()
        #expect(files.contains { $0.name.hasSuffix("-wal") && !$0.bytes.isEmpty })
        // The search itself works: the provider's name is there.
        #expect(files.contains { $0.bytes.range(of: Data("anthropic".utf8)) != nil })
        for file in files {
            for needle in needles { #expect(file.bytes.range(of: needle) == nil, "\(file.name)") }
        }
        await room.close()
    }

    @Test("Every error has a stable code of its own")
    func codes() {
        let codes = VaultError.allCases.map(\.code) + ProviderKeyError.allCases.map(\.code)
        #expect(Set(codes).count == VaultError.allCases.count + ProviderKeyError.allCases.count)
        #expect(VaultError.signerNotDeterministic.code == "signer_not_deterministic")
        #expect(VaultError.signatureRequired.code == "signature_required")
    }

    @Test("For a session that was logged out while its request ran nothing opens, though the key is saved")
    func loggedOutMeanwhile() async throws {
        let room = try Room.open()
        let person = try Person()
        room.grants.end(person.caller.grant)
        #expect(
            try await room.store("sk-ant-test-key", by: person) == ProviderStatus(configured: true, unlocked: false))
        #expect(room.open.count == 0)
        let outcome = try await room.unlock(by: person)
        #expect(!outcome.unlocked)
        #expect(outcome.lockedProviders == ["anthropic"])
        #expect(outcome.expiresInMilliseconds == 0)
        #expect(room.open.count == 0)

        let again = try Person(1, grant: "another session")
        #expect(try await room.unlock(by: again).unlocked)
        await room.close()
    }
}
