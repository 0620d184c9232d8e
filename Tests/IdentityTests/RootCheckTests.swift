import Database
import DatabaseFixtures
import Testing

@testable import Identity

@Suite("The root that a database was begun under", .onEveryEngine)
struct RootCheckTests {
    private func confirm(_ root: UInt8, _ gate: Gate) async throws -> Bool {
        let check = try RootCheck(keys: Gate.tree(root))
        do {
            try await gate.database.write { try check.confirm(at: Gate.start, in: $0) }
            return true
        } catch is RootCheck.OtherRoot {
            return false
        }
    }

    @Test("The first root is taken, the same one again, and no other, also after a restart")
    func genesis() async throws {
        let gate = try await Gate.open()
        #expect(try await confirm(7, gate))
        #expect(try await confirm(7, gate))
        #expect(try await !confirm(8, gate))
        await gate.close()
        let again = try await Gate.open(in: gate.folder)
        #expect(try await !confirm(8, again))
        #expect(try await confirm(7, again))
        #expect(try await again.count("root_check") == 1)
        await again.close()
    }

    @Test("A database from before the check belongs to the root that opens its wallets")
    func older() async throws {
        let gate = try await Gate.open(root: 7)
        _ = try await gate.logIn(try Fixed.wallet())
        #expect(try await !confirm(8, gate))
        #expect(try await gate.count("root_check") == 0)
        #expect(try await confirm(7, gate))
        #expect(try await !confirm(8, gate))
        await gate.close()
    }

    @Test("A code that was altered is no code of ours")
    func altered() async throws {
        let gate = try await Gate.open()
        #expect(try await confirm(7, gate))
        try await gate.database.write { tx in _ = try tx.execute("update root_check set code = $1", [.blob([0])]) }
        #expect(try await !confirm(7, gate))
        await gate.close()
    }
}
