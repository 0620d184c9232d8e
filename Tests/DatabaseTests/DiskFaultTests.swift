import Database
import Foundation
import Primitives
import Testing

@Suite("Faults of the disk")
struct DiskFaultTests {
    /// More than the writer's page cache holds, so that it goes to the disk while the body runs.
    private static let large = [UInt8](repeating: 7, count: 8 << 20)

    private static func insert(_ operation: String, note: [UInt8]? = nil) -> WriteBody {
        { transaction in
            try transaction.execute(
                "insert into entries (operation, account, amount, note) values ($1, 1, 0, $2)",
                [.text(operation), .optional(note, SQLValue.blob)])
        }
    }

    private static func scratch(on disk: FaultyDisk) async throws -> Scratch {
        let scratch = try Scratch(limits: .patient, vfs: disk.name)
        try await scratch.database.write { try Accounts.open(1, balance: 0, in: $0) }
        return scratch
    }

    @Test("a body that fills the disk fails alone; its neighbours are committed, once each")
    func fullInBody() async throws {
        let disk = FaultyDisk()
        let scratch = try await Self.scratch(on: disk)
        let database = scratch.database
        disk.setRoom(bytes: 1 << 20)
        let results = try await database.writeTogether([
            Self.insert("a"), Self.insert("large", note: Self.large), Self.insert("b"), Self.insert("c"),
        ])
        #expect(results.map(\.isSuccess) == [true, false, true, true])
        #expect(results[1].databaseError == .full)
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["a", "b", "c"])
        // Room again: what failed can be done, and nothing was half done.
        disk.setRoom(bytes: nil)
        try await database.write(Self.insert("large", note: Self.large))
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["a", "b", "c", "large"])
        #expect(try await database.integrityCheck() == [])
        await scratch.close()
    }

    @Test("a COMMIT that fills the disk keeps the bodies for which there is room")
    func fullAtCommit() async throws {
        let disk = FaultyDisk()
        let scratch = try await Self.scratch(on: disk)
        let database = scratch.database
        // Together 70 pages, in the cache until COMMIT; there is room for one of the two middle ones at most.
        let middle = [UInt8](repeating: 7, count: 140_000)
        disk.setRoom(bytes: 200_000)
        let results = try await database.writeTogether([
            Self.insert("a"), Self.insert("first", note: middle), Self.insert("second", note: middle),
            Self.insert("b"),
        ])
        #expect(results.map(\.isSuccess) == [true, true, false, true])
        #expect(results[2].databaseError == .full)
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["a", "first", "b"])
        await scratch.close()
    }

    @Test("on a disk without any room every write fails, reads go on, and writes work once there is room")
    func noRoomAtAll() async throws {
        let disk = FaultyDisk()
        let scratch = try await Self.scratch(on: disk)
        let database = scratch.database
        disk.setRoom(bytes: 0)
        let results = try await database.writeTogether((0..<5).map { Self.insert("\($0)") })
        #expect(results.map(\.databaseError) == Array(repeating: .full, count: 5))
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 0)
        disk.setRoom(bytes: nil)
        try await database.write(Self.insert("later"))
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["later"])
        await scratch.close()
    }

    @Test("when the log cannot be synchronised all bodies of the batch hear so, and the next write works")
    func failingSync() async throws {
        let disk = FaultyDisk()
        let scratch = try await Self.scratch(on: disk)
        let database = scratch.database
        disk.failSyncs(1)
        let results = try await database.writeTogether([Self.insert("a"), Self.insert("b")])
        for result in results {
            guard case .inputOutput = result.databaseError else {
                Issue.record("expected an input/output error, not \(result)")
                continue
            }
        }
        #expect(try await database.read { try Accounts.operations(in: $0) } == [])
        try await database.write(Self.insert("a"))
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["a"])
        await scratch.close()
    }

    @Test("a file that may not grow is a full disk", .timeLimit(.minutes(1)))
    func fileSizeLimit() async throws {
        await #expect(processExitsWith: .success) {
            try await DiskFaultTests.writeBeyondFileSizeLimit()
        }
    }

    /// In a process of its own: the limit holds for all of it.
    private static func writeBeyondFileSizeLimit() async throws {
        let scratch = try await Self.scratch(on: FaultyDisk())
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: rlim_t.max)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let results = try await scratch.database.writeTogether([
            Self.insert("a"), Self.insert("large", note: Self.large), Self.insert("b"),
        ])
        #expect(results.map(\.isSuccess) == [true, false, true])
        #expect(results[1].databaseError == .full)
        await scratch.close()
    }

    @Test("a power cut at any moment keeps every acknowledged write, whole", arguments: 1...12 as ClosedRange<UInt64>)
    func powerCut(seed: UInt64) async throws {
        let disk = FaultyDisk()
        // A short log, so that it is copied into the file and begun anew many times.
        var limits = DatabaseLimits()
        limits.checkpointPages = 20
        let scratch = try Scratch(limits: limits, vfs: disk.name)
        let database = scratch.database
        try await database.write { transaction in
            for id in 0..<4 { try Accounts.open(Int64(id), balance: 1_000_000, in: transaction) }
        }
        let acknowledged = Acknowledgements()
        let random = SeededRandom(seed: seed)
        let cutAfter = 40 + Int(random.bytes(1)[0])
        let image = try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for step in 0..<40 {
                        try await database.write { transaction in
                            try Accounts.transfer(
                                "\(writer)-\(step)", from: Int64(step % 4), to: Int64(writer % 4), 5, in: transaction)
                        }
                        acknowledged.note("\(writer)-\(step)")
                    }
                }
            }
            while acknowledged.all.count < cutAfter { await Task.yield() }
            // What was acknowledged before the cut must be in what the cut leaves.
            let known = acknowledged.all
            let files = disk.imageAfterPowerCut(random: random)
            try await group.waitForAll()
            return (known, files)
        }
        await scratch.close()
        try await Self.check(files: image.1, acknowledged: image.0, seed: seed)
    }

    private static func check(files: [String: [UInt8]], acknowledged: Set<String>, seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
        }
        let reopened = try Database(path: folder.file("test.db"), migrations: MigrationPlan(Accounts.migrations))
        let operations = try await reopened.scan { try Accounts.operations(in: $0) }
        #expect(acknowledged.subtracting(operations) == [], "seed \(seed)")
        #expect(Set(operations).count == operations.count, "seed \(seed)")
        let total = try await reopened.scan { transaction in
            try transaction.first("select sum(balance) from accounts") { try $0.integer(0) }
        }
        #expect(total == 4_000_000, "seed \(seed)")
        #expect(try await reopened.integrityCheck() == [], "seed \(seed)")
        await reopened.close()
        withExtendedLifetime(folder) {}
    }
}
