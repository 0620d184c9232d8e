import Foundation
import Primitives
import Testing

/// Reads the data beside these tests.
enum VectorFiles {
    static func json(_ name: String) throws -> JSON {
        try JSON(parsing: bytes(at: "Vectors/" + name))
    }

    static func bytes(at path: String, from file: String = #filePath) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }
}

/// Draws for property tests, all following from one seed.
struct Draws {
    private let source: SeededRandom

    init(seed: UInt64) {
        source = SeededRandom(seed: seed)
    }

    func number(in range: ClosedRange<Int64>) -> Int64 {
        let word = source.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return range.lowerBound + Int64(word % UInt64(range.upperBound - range.lowerBound + 1))
    }

    func element<T>(of list: [T]) throws -> T {
        let index = try #require(list.isEmpty ? nil : Int(number(in: 0...Int64(list.count - 1))))
        return list[index]
    }
}
