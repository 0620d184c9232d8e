import Foundation

@testable import Gateway

/// A data folder of its own for one test, gone with it.
final class StartFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sealgate-start-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    func file(_ name: String) -> String { path + "/" + name }

    func configuration(_ more: [String: String] = [:]) throws -> Configuration {
        let own = ["SEALGATE_DATA_DIR": path]
        return try Configuration(ConfigurationSource(file: nil, environment: own.merging(more) { $1 }))
    }

    func set(mode: Int, of name: String = "") throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// What a start complains about; nil if it does not.
func complaint(_ body: () async throws -> some Any) async throws -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as GatewayStartError {
        return error.description
    }
}
