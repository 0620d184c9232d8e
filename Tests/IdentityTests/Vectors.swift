import Foundation
import Primitives
import Testing

/// The JSON files beside these tests.
enum Vectors {
    /// The cases of one file.
    static func cases(_ name: String) -> [JSON] {
        file(name)["cases"]?.array ?? []
    }

    private static func file(_ name: String) -> JSON {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        do {
            let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
            return try JSON(parsing: Array(data))
        } catch {
            Issue.record("vectors \(name): \(error)")
            return nil
        }
    }
}

extension JSON {
    /// The bytes of a hex member.
    func bytes(_ name: String) throws -> [UInt8] {
        try #require(self[name]?.string.flatMap { Hex.decode($0) }, "hex member \(name)")
    }
}
