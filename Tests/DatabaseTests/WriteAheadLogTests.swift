import Foundation
import Testing

@testable import Database

@Suite("The write-ahead log")
struct WriteAheadLogTests {
    private static func log() -> WriteAheadLog {
        var limits = DatabaseLimits()
        limits.checkpointPages = 100
        limits.restartPages = 500
        return WriteAheadLog(limits: limits)
    }

    @Test(
        "it is copied at its limit, and begun anew at the higher one",
        arguments: [
            (99, WriteAheadLog.Step.none), (100, .copy), (101, .copy), (499, .copy), (500, .restart), (501, .restart),
        ])
    func limits(pages: Int, step: WriteAheadLog.Step) {
        let log = Self.log()
        log.grew(to: pages)
        #expect(log.dueStep == step)
    }

    @Test("a copy that a reader held back is tried again after as many pages more, not at each commit")
    func patience() {
        let log = Self.log()
        log.grew(to: 120)
        log.tried()
        log.grew(to: 219)
        #expect(log.dueStep == .none)
        log.grew(to: 220)
        #expect(log.dueStep == .copy)
    }

    @Test("a log begun anew counts from its start")
    func restart() {
        let log = Self.log()
        log.grew(to: 120)
        log.tried()
        log.grew(to: 4)
        #expect(log.dueStep == .none)
        log.grew(to: 100)
        #expect(log.dueStep == .copy)
    }

    @Test("under steady writing the log stays short, and is gone after close")
    func bounded() async throws {
        var limits = DatabaseLimits()
        limits.checkpointPages = 50
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 0, in: $0) }
        for step in 0..<300 {
            try await database.write { transaction in
                try transaction.execute(
                    "insert into entries (operation, account, amount) values ($1, 1, 1)", [.text("\(step)")])
            }
            #expect(database.statistics.logPages < 100)
        }
        #expect(database.statistics.checkpoints >= 5)
        let folder = scratch.folder
        await scratch.close()
        #expect(!FileManager.default.fileExists(atPath: folder.file("test.db-wal")))
    }

    @Test("a reader that stays does not stop writers; the log is begun anew once it has left")
    func longReader() async throws {
        var limits = DatabaseLimits()
        limits.checkpointPages = 10
        limits.restartPages = 20
        limits.restartWaitMilliseconds = 1
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 0, in: $0) }
        let hold = Hold()
        let scan = Task {
            try await database.scan { transaction in
                let before = try Accounts.balance(1, in: transaction)
                hold.wait()
                return (before, try Accounts.balance(1, in: transaction))
            }
        }
        await hold.started()
        for _ in 0..<60 {
            try await database.write { try $0.execute("update accounts set balance = balance + 1") }
        }
        #expect(database.statistics.logPages > 50)
        hold.release()
        let seen = try await scan.value
        #expect(seen.0 == 0 && seen.1 == 0)
        for _ in 0..<30 {
            try await database.write { try $0.execute("update accounts set balance = balance + 1") }
        }
        #expect(database.statistics.logPages < 50)
        await scratch.close()
    }
}
