import Cryptography
import Database
import Primitives
import Testing

@testable import Vault

@Suite("A rotation seals everything anew in the next generation")
struct RotationTests {
    private func rotate(
        _ person: Person, _ room: Room, old: VaultTextKind = .personal, new: VaultTextKind = .personal,
        newSigner: Person? = nil
    ) async throws -> (epoch: VaultEpoch, names: [String]) {
        let challenge = try await room.vault.rotationChallenge(.providers, for: person.caller)
        return try await room.vault.rotate(
            .providers,
            old: VaultProof(text: person.signature(challenge.old, old), nonce: challenge.nonce),
            new: VaultProof(text: (newSigner ?? person).signature(challenge.new, new), nonce: nil), for: person.caller)
    }

    private func envelopes(_ room: Room) async throws -> [[UInt8]] {
        try await room.database.read { tx in
            try tx.rows("select envelope from vault_secrets order by name") { try $0.blob(0) }
        }
    }

    @Test("All keys open in the new epoch, none by the old signature, and no old envelope any more")
    func rotation() async throws {
        let room = try Room.open()
        let person = try Person()
        let other = try Person(1, grant: "other")
        let openai = try #require(ProviderSlug("openai"))
        try await room.store("sk-ant-x", by: person)
        try await room.store("sk-openai", by: person, openai)
        _ = try await room.unlock(by: other)
        let oldText = try await room.challenge(for: person.caller).message
        let old = try await envelopes(room)

        let rotated = try await rotate(person, room)
        #expect(rotated.epoch == VaultEpoch(2))
        #expect(rotated.names == ["anthropic", "openai"])
        #expect(try await room.key(of: person) == "sk-ant-x")
        #expect(try await room.key(of: person, openai) == "sk-openai")
        #expect(try await keyError { try await room.key(of: other) } == .locked)
        let text = try await room.challenge(for: person.caller).message
        #expect(text.contains("Epoch: 2") && text != oldText)
        let nonce = try await room.challenge(for: other.caller).nonce
        let oldSignature = try await vaultError {
            try await room.vault.unlock(
                signature: other.signature(oldText), nonce: nonce, providers: nil, for: other.caller)
        }
        #expect(oldSignature == .addressMismatch)
        #expect(try await room.unlock(by: other).unlockedProviders == ["anthropic", "openai"])

        for (name, envelope) in zip(["anthropic", "openai"], old) {
            try await room.database.write { tx in
                _ = try tx.execute(
                    "update vault_secrets set envelope = $1 where name = $2", [.blob(envelope), .text(name)])
            }
        }
        #expect(try await keyError { try await room.key(of: person) } == .locked)
        #expect(try await vaultError { try await room.unlock(by: person) } == .signerNotDeterministic)
        await room.close()
    }

    @Test("The new generation may be signed in the other way")
    func otherWay() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        _ = try await rotate(person, room, new: .typed)
        #expect(try await room.fullStatus(of: person).kind == .typed)
        #expect(try await room.unlock(by: person, kind: .typed).unlocked)
        #expect(try await vaultError { try await rotate(person, room) } == .typedDataNeeded)
        #expect(try await rotate(person, room, old: .typed).epoch == VaultEpoch(3))
        await room.close()
    }

    @Test("A wrong signature, old or new, or a record that does not open changes nothing")
    func refusals() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        let before = try await envelopes(room)
        #expect(
            try await vaultError { try await rotate(person, room, newSigner: Person(2)) } == .addressMismatch)
        let challenge = try await room.vault.rotationChallenge(.providers, for: person.caller)
        let wrong: [(VaultProof, VaultProof, VaultError)] = [
            (
                try VaultProof(text: person.signature(challenge.new.message), nonce: challenge.nonce),
                try VaultProof(text: person.signature(challenge.new.message), nonce: nil), .addressMismatch
            ),
            (
                try VaultProof(text: person.signature(challenge.old.message), nonce: challenge.nonce),
                try VaultProof(text: person.signature(challenge.old.message), nonce: nil), .addressMismatch
            ),
            (
                try VaultProof(text: person.signature(challenge.old.message), nonce: "abc"),
                try VaultProof(text: person.signature(challenge.new.message), nonce: nil), .nonceRejected
            ),
            (
                try VaultProof(text: TamperedRecordTests.secondSignature, nonce: challenge.nonce),
                try VaultProof(text: person.signature(challenge.new.message), nonce: nil), .signerNotDeterministic
            ),
            (
                try VaultProof(text: person.signature(challenge.old.message), nonce: challenge.nonce),
                try VaultProof(text: nil, nonce: nil), .signatureRequired
            ),
        ]
        for (old, new, expected) in wrong {
            let error = try await vaultError {
                try await room.vault.rotate(.providers, old: old, new: new, for: person.caller)
            }
            #expect(error == expected)
        }
        #expect(try await envelopes(room) == before)
        #expect(try await room.count("vault_epochs") == 0)
        #expect(try await room.key(of: person) == "sk-ant-x")
        await room.close()
    }

    @Test("Stores and rotations at once: every key ends up in one generation, and opens")
    func race() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        let names = ["openai", "kimi", "zai", "gemini"]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask {
                    let provider = try #require(ProviderSlug(name))
                    // A store that signed for the generation before is told so, and asks again.
                    while try await vaultError({ try await room.store("sk-\(name)", by: person, provider) }) != nil {}
                }
            }
            group.addTask { while try await vaultError({ try await rotate(person, room) }) != nil {} }
            try await group.waitForAll()
        }
        #expect(try await room.unlock(by: person).unlockedProviders == (["anthropic"] + names).sorted())
        let epochs = try await room.database.read { tx in
            try tx.rows("select distinct epoch from vault_secrets") { try $0.integer(0) }
        }
        #expect(epochs == [2])
        await room.close()
    }
}
