import Cryptography
import Database
import Primitives
import Testing

@testable import Vault

@Suite("What was done with a wallet's secrets stands in a log that nobody alters unseen")
struct AuditLogTests {
    private func page(_ room: Room, after: Int64 = 0, limit: Int = 200, wallet: Int64 = 1) async throws -> AuditPage {
        try await room.database.read {
            try room.vault.log(of: WalletID(wallet), after: after, limit: limit, in: $0)
        }
    }

    private func busy() async throws -> (Room, Person) {
        let room = try Room.open(isForgeable: true)
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        _ = try await room.key(of: person)
        _ = try await room.vault.lock(.providers, names: nil, everywhere: false, for: person.caller)
        _ = try await room.unlock(by: person)
        try await room.vault.delete(SecretScope(.anthropic), for: person.caller)
        return (room, person)
    }

    @Test("Every store, use, lock, unlock and deletion is a row, numbered, and chained by hashes to the first")
    func rows() async throws {
        let (room, _) = try await busy()
        let page = try await page(room)
        #expect(page.entries.map(\.action) == ["stored", "used", "locked", "unlocked", "deleted"])
        #expect(page.entries.allSatisfy { $0.subject == "provider/anthropic" && $0.grant == "session-1" })
        #expect(page.entries.map(\.sequence) == [1, 2, 3, 4, 5])
        for (before, after) in zip(page.entries, page.entries.dropFirst()) { #expect(after.previous == before.hash) }
        #expect(page.lastSequence == 5 && page.lastHash == page.entries.last?.hash)
        #expect(try await self.page(room, wallet: 2) == AuditPage(entries: [], lastSequence: 0, lastHash: []))
        await room.close()
    }

    @Test("Pages begin and end anywhere, also behind the end")
    func pages() async throws {
        let (room, _) = try await busy()
        #expect(try await page(room, limit: 2).entries.map(\.sequence) == [1, 2])
        #expect(try await page(room, after: 2, limit: 2).entries.map(\.sequence) == [3, 4])
        #expect(try await page(room, after: 4, limit: 2).entries.map(\.sequence) == [5])
        #expect(try await page(room, after: 5, limit: 2).entries == [])
        #expect(try await page(room, after: 900).entries == [])
        await room.close()
    }

    @Test("A row's hash is the page's, computed once more by hand")
    func hash() throws {
        let entry = AuditEntry(
            sequence: 7, at: Timestamp(unixMicroseconds: 1_763_640_000_000_001), action: "used",
            subject: "mcp/github/TOKEN", grant: "session-1", previous: [UInt8](repeating: 5, count: 32))
        #expect(Hex.encode(entry.hash) == "54a30698d46477787f6dedd3585c2c1ebd6060896d795072c56e2b39f27b2b4f")
    }

    static let forgeries = [
        "update vault_log set action = 'unlocked' where sequence = 2",
        "update vault_log set at = at + 1 where sequence = 5",
        "update vault_log set subject = 'provider/openai' where sequence = 1",
        "update vault_log set grant_id = 'other' where sequence = 3",
        "delete from vault_log where sequence = 5", "delete from vault_log where sequence = 1",
        "delete from vault_log", "update vault_log set sequence = 9 where sequence = 5",
    ]

    @Test("A row that was altered, moved or taken away is seen by the next reader", arguments: forgeries)
    func forged(statement: String) async throws {
        let (room, _) = try await busy()
        try await room.run(statement)
        #expect(try await vaultError { try await page(room) } == .auditBroken)
        await room.close()
    }

    @Test(
        "A page begins where the row before it ends",
        arguments: [
            "update vault_log set hash = zeroblob(32) where sequence = 2", "delete from vault_log where sequence = 2",
        ])
    func rowBefore(statement: String) async throws {
        let (room, _) = try await busy()
        #expect(try await page(room, after: 2, limit: 2).entries.count == 2)
        try await room.run(statement)
        #expect(try await vaultError { try await page(room, after: 2, limit: 2) } == .auditBroken)
        #expect(try await page(room, after: 3, limit: 2).entries.count == 2, "only the whole chain proves the whole")
        await room.close()
    }

    @Test(
        "A head that was altered, taken from another wallet or taken away stops every change",
        arguments: [
            "update vault_log_heads set sequence = 4", "update vault_log_heads set code = zeroblob(32)",
            "update vault_log_heads set hash = zeroblob(32)", "delete from vault_log_heads",
        ])
    func head(statement: String) async throws {
        let room = try Room.open(isForgeable: true)
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        try await room.run(statement)
        #expect(try await vaultError { try await page(room) } == .auditBroken)
        #expect(try await vaultError { try await room.key(of: person) } == .auditBroken)
        #expect(try await vaultError { try await room.unlock(by: person) } == .auditBroken)
        #expect(try await vaultError { try await room.store("sk-ant-y", by: person) } == .auditBroken)
        let deletion = try await vaultError {
            try await room.vault.delete(SecretScope(.anthropic), for: person.caller)
        }
        #expect(deletion == .auditBroken)
        #expect(try await room.count("vault_log") == 1)
        await room.close()
    }

    @Test("A vault is closed even where closing cannot be logged, and the owner is told")
    func closing() async throws {
        let room = try Room.open(isForgeable: true)
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        try await room.run("delete from vault_log_heads")
        let error = try await vaultError {
            try await room.vault.lock(.providers, names: nil, everywhere: false, for: person.caller)
        }
        #expect(error == .auditBroken)
        #expect(room.open.count == 0)
        await room.close()
    }

    @Test("Of many changes at once none shares a number, and the chain holds")
    func race() async throws {
        let room = try Room.open(isForgeable: true)
        let person = try Person()
        try await room.store("sk-ant-x", by: person)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await room.key(of: person) } }
            try await group.waitForAll()
        }
        #expect(try await page(room).lastSequence == 21)
        await room.close()
    }
}
