import Primitives
import Testing

@testable import Vault

@Suite("What is open can be seen and closed")
struct LockTests {
    private func twoKeys() async throws -> (Room, Person, ProviderSlug) {
        let room = try Room.open()
        let person = try Person()
        let openai = try #require(ProviderSlug("openai"))
        try await room.store("sk-ant-x", by: person)
        try await room.store("sk-openai", by: person, openai)
        return (room, person, openai)
    }

    @Test("An unlock of some opens those alone, and of more opens more")
    func some() async throws {
        let (room, person, openai) = try await twoKeys()
        let later = try Person(1, grant: "later")
        #expect(try await room.unlock(by: later, providers: ["openai"]).unlockedProviders == ["openai"])
        #expect(try await room.key(of: later, openai) == "sk-openai")
        #expect(try await keyError { try await room.key(of: later) } == .locked)
        #expect(try await room.status(of: later) == ProviderStatus(configured: true, unlocked: false))
        _ = try await room.unlock(by: later, providers: ["anthropic"])
        #expect(try await room.key(of: later) == "sk-ant-x")
        #expect(try await room.key(of: later, openai) == "sk-openai")
        withExtendedLifetime(person) {}
        await room.close()
    }

    @Test("One provider is closed, then the rest; what is closed twice is no row")
    func lock() async throws {
        let (room, person, openai) = try await twoKeys()
        func lock(_ names: [String]?) async throws -> [String] {
            try await room.vault.lock(.providers, names: names, everywhere: false, for: person.caller)
        }
        #expect(try await lock(["anthropic", "nobody", ""]) == ["anthropic"])
        #expect(try await keyError { try await room.key(of: person) } == .locked)
        #expect(try await room.key(of: person, openai) == "sk-openai")
        #expect(try await lock(["anthropic"]) == [])
        #expect(try await lock(nil) == ["openai"])
        #expect(room.open.count == 0)
        #expect(try await room.actions() == ["stored", "stored", "locked", "used", "locked"])
        await room.close()
    }

    @Test("Everywhere closes every login of the wallet, and nobody else's")
    func everywhere() async throws {
        let (room, person, _) = try await twoKeys()
        let later = try Person(1, grant: "later")
        let other = try Person(2)
        _ = try await room.unlock(by: later)
        try await room.store("sk-ant-other", by: other)
        #expect(room.vault.openings(of: WalletID(1)).map(\.grant) == ["session-1", "later"])
        #expect(
            room.vault.openings(of: WalletID(1)).map(\.scopes) == [["anthropic", "openai"], ["anthropic", "openai"]])
        let locked = try await room.vault.lock(
            .providers, names: ["anthropic"], everywhere: true, for: person.caller)
        #expect(locked == ["anthropic"])
        #expect(room.vault.openings(of: WalletID(1)).map(\.scopes) == [["openai"], ["openai"]])
        #expect(try await room.key(of: other) == "sk-ant-other")
        await room.close()
    }

    @Test("What has expired is not listed")
    func expired() async throws {
        let (room, _, _) = try await twoKeys()
        room.clock.advance(seconds: OpenVaults.defaultWindowSeconds)
        #expect(room.vault.openings(of: WalletID(1)) == [])
        await room.close()
    }
}
