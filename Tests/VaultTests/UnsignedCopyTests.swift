import Cryptography
import Database
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("Copies under the gateway's own key move under the signature, and never get lost on the way")
struct UnsignedCopyTests {
    private func storeUnsigned(_ text: String, _ person: Person, _ room: Room) async throws {
        let stored = try await room.vault.store(
            [NamedSecret(SecretName(.anthropic), Secret(copying: Array(text.utf8)))],
            VaultProof(signature: nil, nonce: nil), for: person.caller)
        #expect(stored.unlocked && !stored.isSigned)
    }

    private func unsignedRow(_ room: Room) async throws -> [UInt8] {
        try #require(
            try await room.database.read {
                try $0.first("select envelope from vault_secrets where is_signed = 0") { try $0.blob(0) }
            })
    }

    @Test("Where it is off, nothing is stored without a signature")
    func off() async throws {
        let room = try Room.open()
        let person = try Person()
        #expect(try await vaultError { try await storeUnsigned("sk-ant-x", person, room) } == .signatureRequired)
        #expect(try await room.count("vault_secrets") == 0)
        await room.close()
    }

    @Test("It is used without unlocking, in every login, and says that it has to move")
    func used() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        let status = try await room.fullStatus(of: person)
        #expect(status.configured && status.unlocked && status.hasUnsignedCopy && status.kind == nil)
        #expect(try await room.key(of: Person(1, grant: "other")) == "sk-ant-x")
        #expect(room.open.count == 0)
        await room.close()
    }

    @Test("An unlock seals it under the signature; the copy goes when another login's signature was the same")
    func migration() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        let first = try await room.unlock(by: person)
        #expect(first.unlockedProviders == ["anthropic"] && first.migratedProviders == ["anthropic"])
        var status = try await room.fullStatus(of: person)
        #expect(status.kind == .personal && status.hasUnsignedCopy && status.unlocked && status.isProven == false)
        #expect(try await room.count("vault_secrets") == 2)
        let again = try await room.unlock(by: person)
        #expect(again.migratedProviders == [])
        #expect(try await room.count("vault_secrets") == 2)

        let later = try Person(1, grant: "later")
        #expect(try await room.unlock(by: later).migratedProviders == [])
        status = try await room.fullStatus(of: later)
        #expect(!status.hasUnsignedCopy && status.unlocked && status.isProven == true)
        #expect(try await room.count("vault_secrets") == 1)
        #expect(try await room.key(of: later) == "sk-ant-x")
        let expected = "storedUnsigned unlocked migrated unlocked unlocked proven unsignedDeleted used"
        #expect(try await room.actions() == expected.split(separator: " ").map(String.init))
        await room.close()
    }

    @Test("With a second signature beside the first it moves at once")
    func migrationChecked() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        let (message, nonce) = try await room.challenge(for: person.caller)
        let signature = person.signature(message)
        _ = try await room.vault.unlock(
            signature: signature, again: signature, nonce: nonce, providers: nil, for: person.caller)
        #expect(try await room.fullStatus(of: person).hasUnsignedCopy == false)
        #expect(try await room.key(of: person) == "sk-ant-x")
        await room.close()
    }

    @Test("A death between sealing and deleting leaves both; the next unlock goes on from there")
    func death() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        let copy = try await unsignedRow(room)
        _ = try await room.unlock(by: person)
        _ = try await room.unlock(by: Person(1, grant: "second"))
        // As if the process had died before the last commit: proven, and the copy still there.
        try await room.database.write { tx in
            _ = try tx.execute(
                """
                insert into vault_secrets (wallet_id, purpose, name, is_signed, text_version, epoch, envelope,
                        created_at)
                    values (1, 'provider', 'anthropic', 0, 1, 1, $1, 0)
                """, [.blob(copy)])
        }
        await room.close()
        let restarted = try Room.open(in: room.folder, allowsUnsigned: true)
        let third = try Person(1, grant: "third")
        #expect(try await restarted.unlock(by: third).unlocked)
        #expect(try await restarted.count("vault_secrets") == 1)
        #expect(try await restarted.key(of: third) == "sk-ant-x")
        await restarted.close()
    }

    @Test("A wallet that signs differently the next time gets its copy back, and loses nothing")
    func notDeterministic() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        _ = try await room.unlock(by: person)
        let later = try Person(1, grant: "later")
        let nonce = try await room.challenge(for: later.caller).nonce
        let error = try await vaultError {
            try await room.vault.unlock(
                signature: TamperedRecordTests.secondSignature, nonce: nonce, providers: nil, for: later.caller)
        }
        #expect(error == .signerNotDeterministic)
        let status = try await room.fullStatus(of: later)
        #expect(status.kind == nil && status.hasUnsignedCopy && status.unlocked)
        #expect(try await room.key(of: later) == "sk-ant-x")
        await room.close()
    }

    @Test("A copy that does not read back as it was keeps the copy; a proven record is never dropped for one")
    func readBack() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await storeUnsigned("sk-ant-x", person, room)
        _ = try await room.unlock(by: person)
        // Another text in the copy than in the sealed record: neither may go unseen.
        let key = try VaultKey.unsigned(
            from: Secret(copying: [UInt8](repeating: 11, count: 32)),
            index: VaultIndex(of: person.key.address, key: Room.indexKey()), purpose: .providers)
        let other = try key.seal(Secret(copying: Array("sk-other".utf8)), for: .anthropic, random: SystemRandom())
        try await room.database.write { tx in
            _ = try tx.execute("update vault_secrets set envelope = $1 where is_signed = 0", [.blob(other.bytes)])
        }
        let later = try Person(1, grant: "later")
        #expect(try await room.unlock(by: later).unlocked)
        #expect(try await room.count("vault_secrets") == 2)
        #expect(try await room.key(of: later) == "sk-ant-x")
        await room.close()
    }

    @Test("What is under a signature is not replaced without one; under one it replaces the copy")
    func replacing() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let person = try Person()
        try await room.store("sk-ant-signed", by: person)
        #expect(try await vaultError { try await storeUnsigned("sk-ant-x", person, room) } == .signatureRequired)
        try await room.vault.delete(SecretScope(.anthropic), for: person.caller)
        try await storeUnsigned("sk-ant-x", person, room)
        try await room.store("sk-ant-signed", by: person)
        #expect(try await room.count("vault_secrets") == 1)
        #expect(try await room.key(of: person) == "sk-ant-signed")
        await room.close()
    }

    @Test("Another wallet's copy opens for nobody else, and without the gateway's key not at all")
    func swapped() async throws {
        let room = try Room.open(allowsUnsigned: true)
        let (one, two) = (try Person(1), try Person(2))
        try await storeUnsigned("sk-ant-one", one, room)
        try await storeUnsigned("sk-ant-two", two, room)
        try await room.run(
            """
            update vault_secrets set envelope =
                (select envelope from vault_secrets where wallet_id = 1) where wallet_id = 2
            """)
        #expect(try await keyError { try await room.key(of: two) } == .damaged)
        #expect(try await room.key(of: one) == "sk-ant-one")
        #expect(try await vaultError { try await room.unlock(by: two) } == .signerNotDeterministic)
        await room.close()
    }
}
