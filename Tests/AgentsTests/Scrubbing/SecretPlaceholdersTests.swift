import Cryptography
import Primitives
import Testing

@testable import Agents

@Suite("Placeholders are filled at the last moment")
struct SecretPlaceholdersTests {
    private static func fill(_ arguments: JSON, _ values: [String: String] = ["API_KEY": "k\"\\\n1", "_x9": "v"]) throws
        -> String
    {
        let secrets = try values.mapValues { try Secret(copying: Array($0.utf8)) }
        return String(decoding: try SecretPlaceholders(secrets).fill(arguments), as: UTF8.self)
    }

    @Test("Values stand where their names stood, escaped as JSON wants it")
    func filled() throws {
        let arguments: JSON = ["a": "{{API_KEY}}", "b": ["x {{_x9}}{{_x9}} {{API_KEY}}", 1, nil], "c": ["d": true]]
        let text = try Self.fill(arguments)
        let expected: JSON = ["a": "k\"\\\n1", "b": ["x vv k\"\\\n1", 1, nil], "c": ["d": true]]
        #expect(text == expected.text)
    }

    @Test(
        "Anything else between braces is text",
        arguments: [
            "{{}}", "{{ API_KEY }}", "{API_KEY}", "{{API-KEY}}", "{{9X}}", "{{API_KEY}", "{{API_KEY", "{{é}}", "{",
            "}}{{",
            "{{" + String(repeating: "N", count: 65) + "}}",
        ])
    func text(text: String) throws {
        #expect(try Self.fill(.object([.init("a", .string(text))])) == JSON.object([.init("a", .string(text))]).text)
    }

    @Test("An unknown name is refused by name, also the longest that there can be")
    func unknown() {
        let longest = String(repeating: "N", count: SecretPlaceholders.maximumNameBytes)
        for name in ["API_KEYS", "api_key", longest] {
            #expect(throws: SecretPlaceholders.Fault.unknown(name)) {
                try Self.fill(["a": .array([.string("{{\(name)}}")])])
            }
        }
    }

    @Test("A secret never becomes the name of a member")
    func memberName() {
        #expect(throws: SecretPlaceholders.Fault.inMemberName) { try Self.fill(["a": [["{{API_KEY}}": 1]]]) }
    }

    @Test("As many placeholders as are allowed are filled, and not one more")
    func count() throws {
        let most = String(repeating: "{{_x9}}", count: SecretPlaceholders.maximumCount)
        #expect(
            try Self.fill(.array([.string(most)])) == JSON.array([.string(most.replacing("{{_x9}}", with: "v"))]).text)
        #expect(throws: SecretPlaceholders.Fault.tooMany) { try Self.fill(.array([.string(most), "{{_x9}}"])) }
    }

    @Test("What a value holds is not filled again")
    func once() throws {
        #expect(try Self.fill("{{A}}", ["A": "{{B}}", "B": "no"]) == "\"{{B}}\"")
    }

    @Test("Braces around braces: the innermost pair counts")
    func nested() throws {
        #expect(try Self.fill("{{{_x9}}}") == "\"{v}\"")
    }
}
