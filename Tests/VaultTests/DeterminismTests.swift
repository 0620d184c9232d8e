import Cryptography
import Database
import Primitives
import Testing

@testable import Vault

@Suite("Whether a wallet signs the same twice is seen, not believed")
struct DeterminismTests {
    @Test("A second signature at storing has to be the first; then the record is proven")
    func checked() async throws {
        let room = try Room.open()
        let person = try Person()
        let (message, nonce) = try await room.challenge(for: person.caller)
        func store(_ signature: String, _ again: String?) async throws -> VaultError? {
            try await vaultError {
                try await room.vault.store(
                    .anthropic, key: Secret(copying: Array("sk-ant-x".utf8)), signature: signature, again: again,
                    nonce: nonce, for: person.caller)
            }
        }
        let good = person.signature(message)
        #expect(try await store(good, TamperedRecordTests.secondSignature) == .signerNotDeterministic)
        #expect(try await store(good, "0x12") == .signatureInvalid)
        #expect(try await room.count("vault_secrets") == 0)
        #expect(try await room.count("vault_log") == 0)
        // The same r and s with v written the other way is the same signature.
        let v = good.hasSuffix("1b") ? "00" : "01"
        #expect(try await store(good, String(good.dropFirst(2).dropLast(2)) + v) == nil)
        #expect(try await room.fullStatus(of: person).isProven == true)
        await room.close()
    }

    @Test("Without one it is unproven until an unlock in another login fits")
    func later() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        #expect(try await room.fullStatus(of: person).isProven == false)
        _ = try await room.unlock(by: person)
        #expect(try await room.fullStatus(of: person).isProven == false, "the same login proves nothing")
        let later = try Person(1, grant: "later")
        _ = try await room.unlock(by: later, providers: ["openai"])
        #expect(try await room.fullStatus(of: person).isProven == false, "it was not asked for")
        _ = try await room.unlock(by: later)
        #expect(try await room.fullStatus(of: person).isProven == true)
        #expect(try await room.actions() == ["stored", "unlocked", "unlocked", "proven"])
        await room.close()
    }

    @Test("A second signature at an unlock proves it at once")
    func unlockChecked() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        let (message, nonce) = try await room.challenge(for: person.caller)
        let signature = person.signature(message)
        _ = try await room.vault.unlock(
            signature: signature, again: signature, nonce: nonce, providers: nil, for: person.caller)
        #expect(try await room.fullStatus(of: person).isProven == true)
        await room.close()
    }

    @Test("A record from before there were check values opens, and gets one when it is proven")
    func old() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        try await room.run("update vault_secrets set check_value = null, grant_id = null")
        #expect(try await room.unlock(by: person).unlocked)
        #expect(try await room.fullStatus(of: person).isProven == true)
        #expect(
            try await room.database.read {
                try $0.first("select length(check_value) from vault_secrets") { try $0.integer(0) }
            } == 32)
        await room.close()
    }

    @Test("An altered check value keeps it shut, and the key from a check value is not the vault's")
    func altered() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        try await room.run("update vault_secrets set check_value = zeroblob(32)")
        #expect(try await vaultError { try await room.unlock(by: person) } == .signerNotDeterministic)
        await room.close()
    }
}
