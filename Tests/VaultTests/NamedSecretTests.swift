import Cryptography
import Database
import Primitives
import Testing

@testable import Vault

@Suite("Secrets of MCP servers and agents")
struct NamedSecretTests {
    private func name(_ text: String, _ purpose: VaultPurpose = .mcpSecrets) throws -> SecretName {
        try #require(SecretName(stored: text, of: purpose))
    }

    private func store(
        _ secrets: [String: String], _ purpose: VaultPurpose = .mcpSecrets, by person: Person, _ room: Room
    ) async throws {
        let (message, nonce) = try await room.challenge(for: person.caller, purpose)
        _ = try await room.vault.store(
            try secrets.map { NamedSecret(try name($0.key, purpose), try Secret(copying: Array($0.value.utf8))) },
            VaultProof(text: person.signature(message), nonce: nonce), for: person.caller)
    }

    private func unlock(
        _ purpose: VaultPurpose = .mcpSecrets, _ wanted: [String]? = nil, by person: Person, _ room: Room
    ) async throws -> UnlockOutcome {
        let (message, nonce) = try await room.challenge(for: person.caller, purpose)
        return try await room.vault.unlock(
            purpose, VaultProof(text: person.signature(message), nonce: nonce), wanted: wanted, for: person.caller)
    }

    private func show(
        _ scope: String, key: String? = nil, by person: Person, _ room: Room
    ) async throws -> [String: String] {
        let scope = try #require(SecretScope(scope, of: .mcpSecrets))
        let shown = try await room.vault.show(scope, key: key, for: person.caller)
        return Dictionary(
            uniqueKeysWithValues: shown.map { secret in
                (secret.name.key ?? "", secret.value.withBytes { String(decoding: $0, as: UTF8.self) })
            })
    }

    @Test("Stored beside one another, shown while they are open, and each showing is logged")
    func journey() async throws {
        let room = try Room.open()
        let person = try Person()
        try await store(["github/TOKEN": "ghp one\n\"two\" ü"], by: person, room)
        try await store(["github/OTHER": "2", "jira/TOKEN": "3"], by: person, room)
        #expect(try await show("github", by: person, room) == ["TOKEN": "ghp one\n\"two\" ü", "OTHER": "2"])
        #expect(try await show("github", key: "OTHER", by: person, room) == ["OTHER": "2"])
        #expect(try await show("github", key: "NONE", by: person, room) == [:])
        let scope = try #require(SecretScope("github", of: .mcpSecrets))
        #expect(
            try await room.database.read { try room.vault.names(in: scope, of: person.caller.wallet, in: $0) }
                == ["OTHER", "TOKEN"])
        #expect(try await room.actions().filter { $0 == "shown" }.count == 3)

        let later = try Person(1, grant: "later")
        #expect(try await keyError { try await show("github", by: later, room) } == .locked)
        #expect(try await unlock(.mcpSecrets, ["jira"], by: later, room).unlockedProviders == ["jira"])
        #expect(try await show("jira", by: later, room) == ["TOKEN": "3"])
        #expect(try await keyError { try await show("github", by: later, room) } == .locked)
        try await room.vault.delete(scope, for: later.caller)
        #expect(try await show("github", by: later, room) == [:])
        #expect(try await unlock(by: later, room).unlockedProviders == ["jira"])
        await room.close()
    }

    @Test("A signature for one purpose opens and stores nothing of another")
    func purposes() async throws {
        let room = try Room.open()
        let person = try Person()
        try await store(["github/TOKEN": "1"], by: person, room)
        let (message, nonce) = try await room.challenge(for: person.caller, .providers)
        for purpose in [VaultPurpose.mcpSecrets, .agentSecrets] {
            let error = try await vaultError {
                try await room.vault.unlock(
                    purpose, VaultProof(text: person.signature(message), nonce: nonce), wanted: nil,
                    for: person.caller)
            }
            #expect(error == .addressMismatch)
        }
        try await store(["github/TOKEN": "agent's"], .agentSecrets, by: person, room)
        #expect(try await show("github", by: person, room) == ["TOKEN": "1"])
        let mixed = try await vaultError {
            try await room.vault.store(
                [
                    NamedSecret(try name("a/B"), try Secret(copying: [65])),
                    NamedSecret(try name("a/B", .agentSecrets), try Secret(copying: [65])),
                ], VaultProof(text: person.signature(message), nonce: nonce), for: person.caller)
        }
        #expect(mixed == .secretInvalid)
        await room.close()
    }

    @Test("A value has 1 to 512 bytes without NUL", arguments: [(0, false), (1, true), (512, true)])
    func lengths(count: Int, good: Bool) async throws {
        let room = try Room.open()
        let person = try Person()
        let value = String(repeating: "v", count: count)
        #expect(
            try await vaultError { try await store(["a/B": value], by: person, room) } == (good ? nil : .secretInvalid))
        #expect(try await vaultError { try await store(["a/B": "a\u{0}b"], by: person, room) } == .secretInvalid)
        await room.close()
    }

    @Test("At most 32 secrets of a server, and 32 servers")
    func limits() async throws {
        let room = try Room.open()
        let person = try Person()
        func many(_ count: Int, _ name: (Int) -> String) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<count).map { (name($0), "v") })
        }
        #expect(try await vaultError { try await store(many(33) { "a/K\($0)" }, by: person, room) } == .tooManySecrets)
        try await store(many(31) { "a/K\($0)" }, by: person, room)
        try await store(["a/last": "v"], by: person, room)
        #expect(try await vaultError { try await store(["a/more": "v"], by: person, room) } == .tooManySecrets)
        try await store(many(31) { "s\($0)/K" }, by: person, room)
        #expect(try await vaultError { try await store(["more/K": "v"], by: person, room) } == .tooManySecrets)
        try await store(["a/last": "again"], by: person, room)
        await room.close()
    }

    @Test("A secret moved to another name, server or purpose does not open")
    func moved() async throws {
        for (from, to) in [("github/A", "github/B"), ("github/A", "jira/A")] {
            let room = try Room.open()
            let person = try Person()
            try await store([from: "1", to: "2"], by: person, room)
            try await room.database.write { tx in
                _ = try tx.execute(
                    """
                    update vault_secrets set envelope = (select envelope from vault_secrets where name = $1)
                        where name = $2
                    """, [.text(from), .text(to)])
            }
            let scope = String(to.prefix { $0 != "/" })
            #expect(
                try await keyError { try await show(scope, key: String(to.suffix(1)), by: person, room) } == .damaged)
            #expect(try await unlock(by: person, room).lockedProviders == [scope])
            await room.close()
        }
    }

    @Test("Each purpose is rotated by itself")
    func rotation() async throws {
        let room = try Room.open()
        let person = try Person()
        try await store(["github/TOKEN": "1"], by: person, room)
        try await room.store("sk-ant-x", by: person)
        let challenge = try await room.vault.rotationChallenge(.mcpSecrets, for: person.caller)
        _ = try await room.vault.rotate(
            .mcpSecrets, old: VaultProof(text: person.signature(challenge.old.message), nonce: challenge.nonce),
            new: VaultProof(text: person.signature(challenge.new.message), nonce: nil), for: person.caller)
        #expect(try await show("github", by: person, room) == ["TOKEN": "1"])
        #expect(try await room.key(of: person) == "sk-ant-x")
        #expect(try await room.unlock(by: person).unlocked)
        await room.close()
    }
}
