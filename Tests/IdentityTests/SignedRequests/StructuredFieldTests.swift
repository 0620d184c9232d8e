import Foundation
import Testing

@testable import Identity

@Suite("Structured fields are read by their grammar and nothing else")
struct StructuredFieldTests {
    /// What is written, and how a serialiser would have written it.
    static let good: [(field: String, canonical: String)] = [
        ("", ""), ("   ", ""), ("a=1", "a=1"), ("a=-999999999999999", "a=-999999999999999"), ("a=0,b=1", "a=0, b=1"),
        ("a=1 \t, \t b=2  ", "a=1, b=2"), ("a", "a"), ("a;x", "a;x"), ("a=?1", "a"), ("a=?0", "a=?0"),
        ("a=1;x=?1;y=?0", "a=1;x;y=?0"), ("a=\"q\\\"\\\\ ~\"", "a=\"q\\\"\\\\ ~\""),
        ("*k-_.*=tok*/:a", "*k-_.*=tok*/:a"),
        ("a=:AQID:", "a=:AQID:"), ("a=::", "a=::"), ("a=()", "a=()"), ("a=( \"x\"  \"y\";p )", "a=(\"x\" \"y\";p)"),
        ("a=(1 2);  b=3; c", "a=(1 2);b=3;c"), ("a=1, b=2, a=3", "a=3, b=2"), ("a=1;p=1;q;p=2", "a=1;p=2;q"),
        ("a=1.5, b=-12.125, c=@-5, d=%\"f%c3%bc\"", "a=1.5, b=-12.125, c=@-5, d=%\"f%c3%bc\""),
    ]

    @Test("What is well formed is read, and written in one way", arguments: good)
    func reading(example: (field: String, canonical: String)) throws {
        let dictionary = try StructuredDictionary(parsing: example.field)
        #expect(dictionary.text == example.canonical)
        #expect(try StructuredDictionary(parsing: dictionary.text) == dictionary)
    }

    static let bad = [
        "A=1", "1=1", "=1", "a=", "a=,b", "a=1,", ",a=1", "a=1 b=2", "a=1;", "a=1;=2", "a=1;P=2", "a=1,,b=2", "a =1",
        "a= 1", "a=01x", "a=1000000000000000", "a=--1", "a=-", "a=1.", "a=1.2345", "a=1234567890123.1", "a=\"x",
        "a=\"\\n\"", "a=\"\u{7F}\"", "a=\"é\"", "a=\"\t\"", "a=:AQID", "a=:AQ:", "a=:AQI=:x", "a=:AR==:", "a=:A QI:",
        "a=?2", "a=?", "a=(1", "a=(1\t2)", "a=(1,2)", "a=(1(2))", "a=)", "a=@1.5", "a=@", "a=%\"%C3%BC\"", "a=%\"%c3\"",
        "a=%\"x", "a=%x", "a=\u{0}", "a=1\u{0}", "\ta=1", "a;x=", "a=(1 2)x", "a=é",
    ]

    @Test("What is not well formed is not read", arguments: bad)
    func malformed(field: String) {
        #expect(throws: StructuredFieldError.malformed) { try StructuredDictionary(parsing: field) }
    }

    /// A field of so many members, elements or parameters.
    enum Many: CaseIterable, Sendable {
        case members, elements, parameters, bytes

        var limit: Int {
            switch self {
            case .members: StructuredDictionary.maximumMembers
            case .elements: StructuredDictionary.maximumElements
            case .parameters: StructuredDictionary.maximumParameters
            case .bytes: StructuredDictionary.maximumBytes
            }
        }

        func field(_ count: Int) -> String {
            switch self {
            case .members: (0..<count).map { "a\($0)=1" }.joined(separator: ",")
            case .elements: "a=(\((0..<count).map { "\"c\($0)\"" }.joined(separator: " ")))"
            case .parameters: "a=1" + (0..<count).map { ";p\($0)" }.joined()
            case .bytes: "a=" + String(repeating: "b", count: count - 2)
            }
        }
    }

    @Test("At a limit it is read, above it is not", arguments: Many.allCases)
    func limits(kind: Many) throws {
        for count in [kind.limit - 1, kind.limit] {
            #expect(throws: Never.self) { try StructuredDictionary(parsing: kind.field(count)) }
        }
        #expect(throws: StructuredFieldError.tooLarge) { try StructuredDictionary(parsing: kind.field(kind.limit + 1)) }
    }

    @Test("A name that stands a thousand times costs no more than once")
    func repeatedNames() throws {
        let field = [String](repeating: "a=1;p;p;p", count: 1_000).joined(separator: ",")
        #expect(try StructuredDictionary(parsing: field).text == "a=1;p")
    }
}

@Suite("The corpus of the structured fields' fuzzer")
struct StructuredFieldCorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/StructuredFields/corpus")

    @Test("breaks no invariant, and reads as its names say")
    func corpus() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 18)
        for file in files {
            let bytes = try Array(Data(contentsOf: file))
            let name = file.lastPathComponent
            #expect(StructuredFieldInvariants.violation(bytes) == nil, "\(name)")
            let isRead = (try? StructuredDictionary(parsing: String(decoding: bytes, as: UTF8.self))) != nil
            #expect(isRead == name.hasPrefix("good-"), "\(name)")
        }
    }

    @Test("breaks none in any single byte's change, either")
    func mutations() throws {
        var read = 0
        for example in StructuredFieldTests.good {
            let bytes = Array(example.field.utf8)
            for index in bytes.indices {
                for byte in [0x00, 0x20, 0x22, 0x28, 0x29, 0x2C, 0x3A, 0x3B, 0x3D, 0x5C, 0x61, 0x80] as [UInt8] {
                    var changed = bytes
                    changed[index] = byte
                    #expect(StructuredFieldInvariants.violation(changed) == nil, "\(changed)")
                    if (try? StructuredDictionary(parsing: String(decoding: changed, as: UTF8.self))) != nil {
                        read += 1
                    }
                }
            }
        }
        #expect(read > 100, "some changes are good fields as well")
    }
}
