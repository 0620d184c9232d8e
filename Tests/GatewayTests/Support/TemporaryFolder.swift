import Foundation
import Primitives

/// A folder of its own for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sealgate-gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file that its owner alone can read, unless told otherwise.
    func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: file(name))))
    }

    /// Every file below, by its path from here.
    func files() throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            guard let data = FileManager.default.contents(atPath: file(name)) else { continue }
            found[name] = Array(data)
        }
        return found
    }

    static let logName = "log.jsonl"

    /// What gateways in this folder have logged. Complete once they have ended.
    func log() throws -> [JSON] {
        try read(TemporaryFolder.logName).split(separator: 10).map { try JSON(parsing: Array($0)) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
