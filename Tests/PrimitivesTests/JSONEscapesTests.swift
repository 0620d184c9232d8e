import Testing

@testable import Primitives

@Suite("The bytes of a JSON string without a Swift string")
struct JSONEscapesTests {
    private func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBytes { escaped in
            guard let count = JSONEscapes.count(of: escaped) else { return nil }
            var bytes = [UInt8](repeating: 0, count: count)
            bytes.withUnsafeMutableBytes { JSONEscapes.write(escaped, into: $0) }
            return bytes
        }
    }

    @Test(
        "It reads what the parser reads, and refuses what that refuses",
        arguments: [
            "", "plain", #"a\"b\\c\/d"#, #"\b\f\n\r\t"#, #"\u0041\u00e9\u20AC"#, #"\ud83d\ude00"#, "é€😀", #"\u0000"#,
            #"\"#, #"\x"#, #"\u12"#, #"\u12g4"#, #"\ud83d"#, #"\ud83d\u0041"#, #"\ude00"#, #"\ud83dx"#, "a\nb",
            "a\u{1F}",
            #"a"b"#, #"\ud83d\"#, #"\ud83d\n"#,
        ])
    func sameAsParser(text: String) {
        let expected = (try? JSON(parsing: "\"" + text + "\""))?.string.map { Array($0.utf8) }
        #expect(decode(text) == expected)
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
    func badUTF8(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { JSONEscapes.count(of: $0) } == nil)
    }

    @Test("Strings of a secret map stay in place, by name; other values are read")
    func maps() throws {
        let text = #"{"secrets": {"A": "one", "B": "t\"wo", "C": 3, "D": {"E": "deep"}}, "A": "plain"}"#
        let bytes = Array(text.utf8)
        let (value, withheld) = try bytes.withUnsafeBytes { try JSON.parse($0, withholding: [], maps: ["secrets"]) }
        #expect(
            withheld.mapValues { String(decoding: bytes[$0], as: UTF8.self) } == [
                "secrets.A": "one", "secrets.B": #"t\"wo"#,
            ])
        #expect(value["secrets"]?["A"] == "" && value["secrets"]?["B"] == "" && value["secrets"]?["C"] == 3)
        #expect(value["A"] == "plain")
    }

    @Test(
        "A secret map is as strict as any object",
        arguments: [
            #"{"secrets":{"A":"x","A":"y"}}"#, #"{"secrets":{"A":"x}}"#, #"{"secrets":{"A":"\q"}}"#,
            #"{"secrets":{"A":"x",}}"#, #"{"secrets":{"A" "x"}}"#, #"{"secrets":{"A":"x\"}}"#,
            "{\"secrets\":{\"A\":\"x\ny\"}}",
        ])
    func strict(text: String) {
        #expect(throws: JSONError.self) {
            try Array(text.utf8).withUnsafeBytes { try JSON.parse($0, withholding: [], maps: ["secrets"]) }
        }
    }
}
