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

    /// What somebody who can write the database tries on two wallets' rows.
    enum Forgery: String, CaseIterable, Sendable {
        case numbersSwapped, addressesSwapped, bindingCopied, bindingRemoved, bindingEmpty, sessionMoved

        func commit(in tx: borrowing WriteTransaction) throws {
            let columns = "address_index, sealed_address, binding"
            let rows = try tx.rows("select \(columns) from wallets order by id", []) { row in
                [SQLValue.blob(try row.blob(0)), .blob(try row.blob(1)), .blob(try row.blob(2))]
            }
            func write(_ id: Int64, _ values: [SQLValue]) throws {
                try tx.execute(
                    "update wallets set address_index = $2, sealed_address = $3, binding = $4 where id = $1",
                    [.integer(id)] + values)
            }
            switch self {
            case .numbersSwapped, .addressesSwapped:
                let keepsBinding = self == .addressesSwapped
                try write(1, [.blob([0]), .blob([0]), .blob([0])])
                try write(2, Array(rows[0].prefix(2)) + [keepsBinding ? rows[1][2] : rows[0][2]])
                try write(1, Array(rows[1].prefix(2)) + [keepsBinding ? rows[0][2] : rows[1][2]])
            case .bindingCopied: try write(1, Array(rows[0].prefix(2)) + [rows[1][2]])
            case .bindingRemoved: try write(1, Array(rows[0].prefix(2)) + [.null])
            case .bindingEmpty: try write(1, Array(rows[0].prefix(2)) + [.blob([])])
            case .sessionMoved: try tx.execute("update login_sessions set wallet_id = 2")
            }
        }
    }

    @Test("Nobody acts as another wallet by writing the database, and it rings", arguments: Forgery.allCases)
    func swapped(forgery: Forgery) async throws {
        let rung = EndedLog()
        let gate = try await Gate.open(alarm: { _ in rung.note(.some([])) })
        let login = try await gate.logIn(Fixed.wallet(1))
        let key = try await gate.apiKey()
        let second = try await findOrCreate(gate, 2)
        #expect((login.walletID, second) == (WalletID(1), WalletID(2)))
        try await gate.database.write { try forgery.commit(in: $0) }
        #expect(await refusal(gate, login.token) == .revoked)
        #expect(rung.all.count == 1)
        if forgery != .sessionMoved {
            #expect(await refusal(gate, key.text) == .revoked)
            #expect(rung.all.count == 2)
            await #expect(throws: WalletError.damaged) { _ = try await gate.logIn(Fixed.wallet(1)) }
        }
        await gate.close()
    }

    @Test("Rows from before there were bindings get one at the start, in pieces; a binding that was removed stays gone")
    func oldRows() async throws {
        let gate = try await Gate.open()
        let keys = try WalletKeys(keys: gate.tree)
        let numbers: [UInt8] = [1, 2, 3, 4, 5]
        var made: [WalletID] = []
        for number in numbers { made.append(try await findOrCreate(gate, number)) }
        let ids = made
        for (number, id) in zip(numbers.dropLast(), ids) {
            let address = try Fixed.address(number)
            let old = keys.sealUnbound(address, index: keys.index(of: address), random: SystemRandom())
            try await gate.database.write { tx in
                _ = try tx.execute(
                    "update wallets set binding = null, sealed_address = $2 where id = $1", [.wallet(id), .blob(old)])
            }
        }
        try await gate.database.write { tx in
            _ = try tx.execute("update wallets set binding = null where id = $1", [.wallet(ids[4])])
        }
        await #expect(throws: WalletError.damaged) { _ = try await findOrCreate(gate, 1) }
        var done: [Wallets.Binding] = []
        for _ in 0..<3 {
            let last = done.last?.last
            done.append(
                try await gate.database.write {
                    try gate.wallets.bindOldRows(after: last, limit: 3, seed: [1, 2, 3], in: $0)
                })
        }
        #expect(
            done == [
                .init(bound: 3, refused: 1, last: ids[2]), .init(bound: 1, refused: 1, last: ids[3]),
                .init(bound: 0, refused: 1, last: nil),
            ])
        for (number, id) in zip(numbers.dropLast(), ids) {
            #expect(try await findOrCreate(gate, number) == id)
            let address = try await gate.database.read { try gate.wallets.address(of: id, in: $0) }
            #expect(address == (try Fixed.address(number)))
        }
        await #expect(throws: WalletError.damaged) { _ = try await findOrCreate(gate, 5) }
        await gate.close()
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
