import Primitives
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "What is legal reads and writes back",
        arguments: [
            "null", "true", "[]", "{}", "0", "-1", "9223372036854775807", "\"\"", "[1,[2,[3]]]",
            "{\"b\":1,\"a\":{\"c\":[null,false]}}", "\"é✓😀\"", "1.5", "1e9", "-0", "9223372036854775808",
        ])
    func roundTrip(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
    }

    static let refused: [(String, JSONError.Reason)] = [
        ("", .unexpectedEnd), ("{", .unexpectedEnd), ("[1,", .unexpectedEnd), ("\"a", .unexpectedEnd),
        ("tru", .unexpectedEnd), ("trux", .unexpectedByte), ("nul", .unexpectedEnd), ("1 2", .trailingText),
        ("{\"a\":1}}", .trailingText), ("{\"a\":1,\"a\":2}", .duplicateMember),
        ("{\"a\":1,\"\\u0061\":2}", .duplicateMember), ("01", .invalidNumber), ("-", .invalidNumber),
        ("1.", .invalidNumber), ("1e", .invalidNumber), (".5", .unexpectedByte), ("+1", .unexpectedByte),
        ("NaN", .unexpectedByte), ("[1,]", .unexpectedByte), ("{,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
        ("'a'", .unexpectedByte), ("\"\\x\"", .invalidEscape), ("\"\\uD800\"", .invalidEscape),
        ("\"\\uD800\\u0041\"", .invalidEscape), ("\"\\uDC00\"", .invalidEscape), ("\"\\u12g4\"", .invalidEscape),
        ("\"a\nb\"", .unexpectedByte), ("\"\u{0}\"", .unexpectedByte), ("\u{FEFF}1", .unexpectedByte),
    ]

    @Test("What is not JSON is refused with its reason", arguments: refused)
    func refuses(text: String, reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.reason == reason)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func invalidUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
        }
    }

    @Test("Depth is bounded: at the limit it reads, one deeper it does not")
    func depth() throws {
        let limit = JSONParser.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(limit + 1))
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(limit + 2)) }
        #expect(error?.reason == .tooDeep)
    }

    @Test("Canonical text sorts by UTF-16 and escapes as RFC 8785 does")
    func canonical() {
        let value: JSON = [
            "\u{20ac}": 1, "\r": 2, "1": 3, "\u{1F600}": 4, "\u{FB33}": 5, "a": ["z": 1, "b": "\u{7}\"\\"],
        ]
        let expected =
            "{\"\\r\":2,\"1\":3,\"a\":{\"b\":\"\\u0007\\\"\\\\\",\"z\":1},"
            + "\"\u{20ac}\":1,\"\u{1F600}\":4,\"\u{FB33}\":5}"
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == expected)
    }

    @Test("A member's name has at most 256 bytes")
    func nameLength() throws {
        func document(_ count: Int) -> String { "{\"" + String(repeating: "n", count: count) + "\":1}" }
        #expect(try JSON(parsing: document(JSONParser.maximumNameBytes)).members?.count == 1)
        let error = #expect(throws: JSONError.self) { try JSON(parsing: document(JSONParser.maximumNameBytes + 1)) }
        #expect(error?.reason == .nameTooLong)
    }

    @Test("Names are told apart by their bytes, whatever Unicode takes for the same")
    func nameBytes() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        #expect(composed == decomposed)
        let value = try JSON(parsing: "{\"\(composed)\":1,\"\(decomposed)\":2}")
        #expect(value[composed]?.integer == 1)
        #expect(value[decomposed]?.integer == 2)
    }

    @Test("A secret member is stepped over, not copied")
    func withholding() throws {
        let document = Array("{\"key\": \"sk-ant-1\", \"nested\":{\"key\":\"seen\"}, \"n\":1}".utf8)
        let (value, withheld) = try document.withUnsafeBytes { try JSON.parse($0, withholding: ["key"]) }
        #expect(value["key"] == "")
        #expect(value["nested"]?["key"] == "seen")
        let place = try #require(withheld["key"])
        #expect(String(decoding: document[place], as: UTF8.self) == "sk-ant-1")
        #expect(withheld.count == 1)
    }

    @Test(
        "A secret with escapes, spaces or foreign characters is refused; one of another type is left to the schema",
        arguments: [("\"a\\u0041\"", false), ("\"a b\"", false), ("\"é\"", false), ("\"open", false), ("7", true)])
    func oddSecrets(text: String, reads: Bool) {
        let document = Array("{\"key\":\(text)}".utf8)
        let value = try? document.withUnsafeBytes { try JSON.parse($0, withholding: ["key"]).value }
        #expect((value != nil) == reads)
    }

    @Test("A mangled document never crashes the reader")
    func mutations() throws {
        let document = Array("{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00\",{\"b\":null}],\"c\":true}".utf8)
        let random = SeededRandom(seed: 7)
        var accepted = 0
        for _ in 0..<20_000 {
            var mangled = document
            let dice = random.bytes(3)
            let place = Int(dice[0]) % mangled.count
            switch dice[1] % 3 {
            case 0: mangled[place] = dice[2]
            case 1: mangled.remove(at: place)
            default: mangled.insert(dice[2], at: place)
            }
            if let value = try? JSON(parsing: mangled) {
                accepted += 1
                #expect(try JSON(parsing: value.bytes) == value)
            }
        }
        #expect(accepted > 0 && accepted < 20_000)
    }
}
