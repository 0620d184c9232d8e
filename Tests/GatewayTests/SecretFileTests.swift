import Cryptography
import Foundation
import Primitives
import Testing

@testable import Gateway

@Suite("Files that hold secrets")
struct SecretFileTests {
    private static let bytes = Data(1...32)

    private func write(_ folder: StartFolder, mode: Int = 0o600, _ bytes: Data = bytes) throws -> String {
        try bytes.write(to: URL(filePath: folder.file("root.secret")))
        try folder.set(mode: mode, of: "root.secret")
        return folder.file("root.secret")
    }

    private func problem(_ path: String) -> SecretFile.Problem? {
        do throws(SecretFile.Problem) {
            _ = try SecretFile.read(path, count: 32)
            return nil
        } catch {
            return error
        }
    }

    @Test("A file of ours that nobody else reaches is read whole", arguments: [0o600, 0o400])
    func good(mode: Int) throws {
        let folder = try StartFolder()
        let secret = try SecretFile.read(try write(folder, mode: mode), count: 32)
        #expect(secret.withBytes { Data($0) } == Self.bytes)
    }

    @Test("One that others may read or write is refused", arguments: [0o640, 0o604, 0o620, 0o602, 0o601, 0o700])
    func modes(mode: Int) async throws {
        let folder = try StartFolder()
        #expect(problem(try write(folder, mode: mode)) == .openToOthers)
        let configuration = try folder.configuration()
        let complaint = try await complaint { try Gateway.openRoot(configuration, random: SystemRandom()) }
        #expect(complaint?.contains("chmod 600") == true)
    }

    @Test("A file of another length is refused", arguments: [0, 31, 33])
    func lengths(count: Int) throws {
        let folder = try StartFolder()
        #expect(problem(try write(folder, Data(repeating: 1, count: count))) == .wrongSize)
    }

    @Test("A link, a folder and a pipe are refused at once; nothing is missing")
    func kinds() throws {
        let folder = try StartFolder()
        let target = try write(folder)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: target)
        #expect(problem(folder.file("link")) == .notRegular)
        #expect(problem(folder.path) == .notRegular)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(problem(folder.file("pipe")) == .notRegular)
        #expect(problem(folder.file("none")) == .missing)
    }

    @Test("Another user's file is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
    func owner() throws {
        let folder = try StartFolder()
        let path = try write(folder)
        #expect(chown(path, 1, 1) == 0)
        #expect(problem(path) == .notOurs)
    }

    @Test(
        "A data folder that others can write to is refused",
        arguments: [(0o700, true), (0o755, true), (0o770, false), (0o707, false), (0o1777, false)])
    func folderModes(mode: Int, good: Bool) async throws {
        let folder = try StartFolder()
        try folder.set(mode: mode)
        let configuration = try folder.configuration()
        let complaint = try await complaint { try Gateway.openRoot(configuration, random: SystemRandom()) }
        #expect((complaint == nil) == good)
        #expect(good || complaint?.contains("chmod 700") == true)
    }

    @Test("Another user's data folder is refused", .enabled(if: geteuid() == 0, "only root can give folders away"))
    func folderOwner() async throws {
        let folder = try StartFolder()
        #expect(chown(folder.path, 1, 1) == 0)
        let configuration = try folder.configuration()
        let complaint = try await complaint { try Gateway.openRoot(configuration, random: SystemRandom()) }
        #expect(complaint?.contains("chown") == true)
    }

    @Test(
        "A TLS key that others can read is refused",
        arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false)])
    func tlsKey(mode: Int, good: Bool) throws {
        let folder = try StartFolder()
        let complaint = Ownership.complaint(aboutKey: try write(folder, mode: mode))
        #expect((complaint == nil) == good)
        #expect(good || complaint?.contains("chmod 600") == true)
        #expect(Ownership.complaint(aboutKey: folder.file("none")) != nil)
    }
}
