import Cryptography
import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Vault

@Suite("Records that somebody altered, and wallets that sign differently each time", .onEveryEngine)
struct TamperedRecordTests {
    /// Wallet 1's signature over the text of `Room.origin` with another nonce than RFC 6979's: just as valid.
    static let secondSignature =
        "85d2dbc77e5577a71cb980fcd90f50b6a3b056efa591396b64d17eb682d0a5ce"
        + "28c70880d1e66e267eac6f0d3d122d819084fd028bec7d51021e4f0dd344a3341b"

    private func envelope(of person: Person, _ room: Room) async throws -> [UInt8] {
        try #require(
            try await room.database.read { tx in
                try tx.first(
                    "select envelope from vault_secrets where wallet_id = $1 and name = 'anthropic'",
                    [.wallet(person.caller.wallet)]
                ) {
                    try $0.blob(0)
                }
            })
    }

    private func put(
        _ envelope: [UInt8], as provider: String = "anthropic", of wallet: WalletID, _ room: Room
    ) async throws {
        try await room.database.write { tx in
            _ = try tx.execute(
                """
                insert into vault_secrets (wallet_id, purpose, name, is_signed, text_kind, text_version, epoch,
                        envelope, created_at)
                    values ($1, 'provider', $2, 1, 'personal_sign', 1, 1, $3, 0)
                    on conflict (wallet_id, purpose, name, is_signed) do update set envelope = excluded.envelope
                """,
                [.wallet(wallet), .text(provider), .blob(envelope)])
        }
    }

    @Test("A record moved to another wallet opens for nobody")
    func otherWallet() async throws {
        let room = try Room.open()
        let one = try Person(1)
        let two = try Person(2)
        try await room.store("sk-ant-one", by: one)
        try await room.store("sk-ant-two", by: two)
        try await put(try await envelope(of: one, room), of: two.caller.wallet, room)
        #expect(try await keyError { try await room.key(of: two) } == .locked)
        #expect(try await vaultError { try await room.unlock(by: two) } == .signerNotDeterministic)
        #expect(try await room.key(of: one) == "sk-ant-one")
        await room.close()
    }

    @Test("A record moved to another provider's name is damaged there")
    func otherName() async throws {
        let room = try Room.open()
        let person = try Person()
        let openai = try #require(ProviderSlug("openai"))
        try await room.store("sk-openai", by: person, openai)
        try await room.store("sk-ant-one", by: person)
        try await put(try await envelope(of: person, room), as: "openai", of: person.caller.wallet, room)
        #expect(try await keyError { try await room.key(of: person, openai) } == .damaged)
        let outcome = try await room.unlock(by: person)
        #expect(outcome.unlockedProviders == ["anthropic"])
        #expect(outcome.lockedProviders == ["openai"])
        await room.close()
    }

    @Test(
        "A record of another epoch or version does not open", arguments: [(5, ProviderKeyError.locked), (0, .damaged)])
    func otherEpoch(offset: Int, expected: ProviderKeyError) async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-one", by: person)
        var altered = try await envelope(of: person, room)
        altered[offset] += 1
        try await put(altered, of: person.caller.wallet, room)
        #expect(try await keyError { try await room.key(of: person) } == expected)
        #expect(try await room.status(of: person) == ProviderStatus(configured: true, unlocked: false))
        #expect(try await vaultError { try await room.unlock(by: person) } == .signerNotDeterministic)
        await room.close()
    }

    @Test("A second, equally valid signature opens nothing and is told why; the nonce it came with stays usable")
    func notDeterministic() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-one", by: person)
        let (message, nonce) = try await room.challenge(for: person.caller)
        let second = try await vaultError {
            try await room.vault.unlock(
                signature: Self.secondSignature, nonce: nonce, providers: nil, for: person.caller)
        }
        #expect(second == .signerNotDeterministic)
        let outcome = try await room.vault.unlock(
            signature: person.signature(message), nonce: nonce, providers: nil, for: person.caller)
        #expect(outcome.unlocked)
        await room.close()
    }

    @Test("Storing under a signature that does not open the other saved keys is refused")
    func storeUnderSecondSignature() async throws {
        let room = try Room.open()
        let person = try Person()
        try await room.store("sk-ant-one", by: person)
        try await put(try await envelope(of: person, room), as: "openai", of: person.caller.wallet, room)
        let error = try await vaultError {
            try await room.vault.store(
                .anthropic, key: Secret(copying: Array("sk-ant-two".utf8)), signature: Self.secondSignature,
                nonce: try await room.challenge(for: person.caller).nonce, for: person.caller)
        }
        #expect(error == .signerNotDeterministic)
        #expect(try await room.key(of: person) == "sk-ant-one")
        await room.close()
    }

    @Test("Replacing the only key under a new signature works, and sessions opened before find it locked")
    func replaceUnderSecondSignature() async throws {
        let room = try Room.open()
        let before = try Person(grant: "before")
        let after = try Person(grant: "after")
        try await room.store("sk-ant-one", by: before)
        _ = try await room.vault.store(
            .anthropic, key: Secret(copying: Array("sk-ant-two".utf8)), signature: Self.secondSignature,
            nonce: try await room.challenge(for: after.caller).nonce, for: after.caller)
        #expect(try await room.key(of: after) == "sk-ant-two")
        #expect(try await keyError { try await room.key(of: before) } == .locked)
        #expect(try await room.status(of: before) == ProviderStatus(configured: true, unlocked: false))
        await room.close()
    }
}
