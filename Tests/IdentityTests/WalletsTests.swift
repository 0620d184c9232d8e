import Database
import DatabaseFixtures
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Identity

@Suite("Wallets", .onEveryEngine)
struct WalletsTests {
    private func findOrCreate(_ gate: Gate, _ number: UInt8) async throws -> WalletID {
        let entry = gate.wallets.entry(for: try Fixed.address(number), random: SystemRandom())
        return try await gate.database.write { try gate.wallets.findOrCreate(entry, at: Gate.start, in: $0) }
    }

    @Test("An address keeps its number, another gets another, an unknown one has none")
    func numbers() async throws {
        let gate = try await Gate.open()
        let first = try await findOrCreate(gate, 1)
        #expect(try await findOrCreate(gate, 1) == first)
        #expect(try await findOrCreate(gate, 2) != first)
        let address = try Fixed.address(1)
        let unknown = try Fixed.address(3)
        let (found, missing, opened, nobody) = try await gate.database.read { tx in
            (
                try gate.wallets.find(address, in: tx), try gate.wallets.find(unknown, in: tx),
                try gate.wallets.address(of: first, in: tx), try gate.wallets.address(of: WalletID(99), in: tx)
            )
        }
        #expect(found == first)
        #expect(missing == nil)
        #expect(opened == address)
        #expect(nobody == nil)
        await gate.close()
    }

    @Test("Many first sights of one wallet at once make one row")
    func concurrent() async throws {
        let gate = try await Gate.open()
        let ids = try await withThrowingTaskGroup(of: WalletID.self) { group in
            for _ in 0..<16 { group.addTask { try await findOrCreate(gate, 1) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await gate.count("wallets") == 1)
        await gate.close()
    }

    @Test("Another root neither finds nor opens")
    func otherRoot() async throws {
        let gate = try await Gate.open()
        let wallet = try await findOrCreate(gate, 1)
        let other = try Wallets(keys: Gate.tree(8))
        let address = try Fixed.address(1)
        #expect(try await gate.database.read { try other.find(address, in: $0) } == nil)
        await #expect(throws: WalletError.damaged) {
            try await gate.database.read { try other.address(of: wallet, in: $0) }
        }
        await gate.close()
    }

    @Test("A sealed address that was altered or moved to another row is damaged")
    func tampering() async throws {
        let gate = try await Gate.open()
        let first = try await findOrCreate(gate, 1)
        let second = try await findOrCreate(gate, 2)
        let sealed = try #require(
            try await gate.database.read { tx in
                try tx.first("select sealed_address from wallets where id = $1", [.wallet(first)]) { try $0.blob(0) }
            })
        #expect(sealed.count == WalletKeys.sealedBytes)
        for altered in alterations(of: sealed) {
            try await gate.database.write { tx in
                _ = try tx.execute(
                    "update wallets set sealed_address = $2 where id = $1", [.wallet(first), .blob(altered)])
            }
            await #expect(throws: WalletError.damaged) {
                try await gate.database.read { try gate.wallets.address(of: first, in: $0) }
            }
        }
        try await gate.database.write { tx in
            _ = try tx.execute(
                "update wallets set sealed_address = $2 where id = $1", [.wallet(second), .blob(sealed)])
        }
        await #expect(throws: WalletError.damaged) {
            try await gate.database.read { try gate.wallets.address(of: second, in: $0) }
        }
        await gate.close()
    }

    private func alterations(of sealed: [UInt8]) -> [[UInt8]] {
        [[], Array(sealed.dropLast()), sealed + [0]]
            + sealed.indices.map { index in
                var altered = sealed
                altered[index] ^= 1
                return altered
            }
    }

    @Test("The files hold no address, in no spelling, after a login and a logout", .onFile)
    func files() async throws {
        let gate = try await Gate.open()
        let wallet = try WalletKey.generate()
        let grant = try await gate.logIn(wallet)
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: grant.token))
        let spellings = [
            Data(wallet.address.bytes), Data(wallet.address.lowercase.dropFirst(2).utf8),
            Data(wallet.address.checksummed.dropFirst(2).utf8),
            Data(wallet.address.lowercase.dropFirst(2).uppercased().utf8),
        ]
        let files = try gate.folder.contents()
        #expect(files.contains { $0.name.hasSuffix("-wal") && !$0.bytes.isEmpty })
        // The search itself works: the session's id is there.
        #expect(files.contains { $0.bytes.range(of: Data(grant.sessionID.utf8)) != nil })
        for file in files {
            for spelling in spellings { #expect(file.bytes.range(of: spelling) == nil, "\(file.name)") }
            #expect(file.bytes.range(of: Data(grant.token.utf8)) == nil)
        }
        await gate.close()
    }
}
