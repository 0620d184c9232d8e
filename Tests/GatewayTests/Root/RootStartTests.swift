import Database
import Foundation
import Primitives
import Testing

@testable import Gateway

@Suite("Starting over a database")
struct RootStartTests {
    private static let now = Timestamp(unixSeconds: 1_763_640_000)

    /// The steps of a start that meet root and database.
    private func start(_ folder: StartFolder, _ more: [String: String] = [:]) async throws {
        let configuration = try folder.configuration(more)
        let root = try Gateway.openRoot(configuration, random: SystemRandom()).root
        let database = try Gateway.openDatabase(configuration)
        try await Gateway.confirm(root, for: database, configuration, at: Self.now)
        await database.close()
    }

    @Test("The root that began it is accepted again")
    func again() async throws {
        let folder = try StartFolder()
        try await start(folder)
        try await start(folder)
    }

    @Test("A lost root secret stops the start, says what to do, and no new one takes its place")
    func lost() async throws {
        let folder = try StartFolder()
        try await start(folder)
        let kept = try Data(contentsOf: URL(filePath: folder.file("root.secret")))
        try FileManager.default.removeItem(atPath: folder.file("root.secret"))
        let complaint = try await complaint { try await start(folder) }
        #expect(complaint?.contains("Restore it from your backup") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("root.secret")))

        try kept.write(to: URL(filePath: folder.file("root.secret")))
        try folder.set(mode: 0o600, of: "root.secret")
        try await start(folder)
    }

    @Test("Another root secret stops the start, from the file or from a setting, and the right one still works")
    func swapped() async throws {
        let folder = try StartFolder()
        try await start(folder)
        let other = ["SEALGATE_ROOT_SECRET": String(repeating: "ab", count: 32)]
        let bySetting = try await complaint { try await start(folder, other) }
        #expect(bySetting?.contains("under another root secret. Nothing was changed. Restore root.secret") == true)
        #expect(bySetting?.contains("abab") == false)
        try await start(folder)

        try Data(repeating: 1, count: 32).write(to: URL(filePath: folder.file("root.secret")))
        try folder.set(mode: 0o600, of: "root.secret")
        #expect(try await complaint { try await start(folder) } == bySetting)
    }
}
