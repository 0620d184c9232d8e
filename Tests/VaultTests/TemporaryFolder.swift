import Foundation

/// A folder of its own for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sealgate-vault-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Every byte of every file in it.
    func contents() throws -> [(name: String, bytes: Data)] {
        try FileManager.default.contentsOfDirectory(atPath: path).map { name in
            (name, try Data(contentsOf: URL(filePath: file(name))))
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
