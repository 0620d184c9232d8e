import Foundation
import Primitives
import Testing

@testable import HTTPServer

@Suite("The parser's fuzz corpus")
struct ParserCorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/RequestParser/corpus")

    private static func corpus() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { ($0.lastPathComponent, try Array(Data(contentsOf: $0))) }
    }

    @Test("breaks no invariant")
    func replay() throws {
        let corpus = try ParserCorpusTests.corpus()
        #expect(corpus.count >= 40)
        for (name, bytes) in corpus { #expect(ParserInvariants.violation(bytes) == nil, "\(name)") }
    }

    @Test("breaks no invariant in any mutation either", arguments: [1, 2, 3, 4])
    func mutations(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let files = try ParserCorpusTests.corpus()
        let corpus = files.map(\.bytes)
        let good = files.filter { $0.name.hasPrefix("good-") }.map(\.bytes)
        var accepted = 0
        for round in 0..<800 {
            var bytes = round % 4 == 0 ? corpus[random.below(corpus.count)] : good[random.below(good.count)]
            for _ in 0...random.below(2) { random.mutate(&bytes, corpus) }
            let violation = ParserInvariants.violation(bytes)
            #expect(violation == nil, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
            if ParsedStream(bytes).messages.contains(where: { $0.isComplete }) { accepted += 1 }
        }
        // Mutations that are all refused would prove little.
        #expect(accepted > 100)
    }
}

extension SeededRandom {
    /// What mutations insert: the words that framing hangs on.
    private static let words: [String] = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "0\r\n\r\n", "\r\n\r\n", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: a\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.0", "0x", "ffffffff", "chunked",
    ]

    fileprivate func below(_ limit: Int) -> Int {
        let bytes = bytes(4)
        return Int(bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } % UInt32(limit))
    }

    fileprivate func mutate(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
        guard !bytes.isEmpty else { return }
        let position = below(bytes.count)
        let end = min(bytes.count, position + 1 + below(16))
        switch below(6) {
        case 0: bytes[position] = self.bytes(1)[0]
        case 1: bytes.removeSubrange(position..<end)
        case 2: bytes.insert(contentsOf: bytes[position..<end], at: below(bytes.count))
        case 3: bytes.insert(contentsOf: Array(SeededRandom.words[below(SeededRandom.words.count)].utf8), at: position)
        case 4: bytes = bytes[..<position] + corpus[below(corpus.count)]
        default: bytes += corpus[below(corpus.count)]
        }
    }
}
