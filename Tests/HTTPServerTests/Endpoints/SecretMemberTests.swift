import Primitives
import Testing

@testable import HTTPServer

@Suite("A secret member never becomes a Swift string")
struct SecretMemberTests {
    static let schema = Schema.object(
        [
            .required("key", .secret(length: 4...8)), .optional("signature", .secret(length: 2...3)),
            .optional("note", .text(upTo: 10)),
        ], isOpen: true)

    /// The problems with a body, or the reason for which it is no JSON of ours; none when it fits.
    private func check(_ body: String) -> (problems: [String], secrets: [String: String]) {
        let bytes = Array(body.utf8)
        do {
            return try bytes.withUnsafeBytes { buffer in
                let (value, withheld) = try JSON.parse(buffer, withholding: SecretMemberTests.schema.secretNames)
                let secrets = withheld.mapValues { String(decoding: bytes[$0], as: UTF8.self) }
                #expect(!secrets.values.contains { !$0.isEmpty && value.text.contains("\"\($0)\"") })
                return (SecretMemberTests.schema.problems(in: value, withheld: withheld), secrets)
            }
        } catch {
            return ([(error as? JSONError)?.reason.rawValue ?? "\(error)"], [:])
        }
    }

    @Test("Only secret members of the object itself are left in place")
    func names() {
        #expect(SecretMemberTests.schema.secretNames == ["key", "signature"])
        #expect(Schema.named("N", SecretMemberTests.schema).secretNames == ["key", "signature"])
        #expect(Schema.list(SecretMemberTests.schema, maximum: 1).secretNames == [])
    }

    @Test("Its place in the body is told, whatever stands around it")
    func places() {
        let found = check(#"{ "note":"\"key\":", "key" : "sk-12345" , "signature":"ab"}"#)
        #expect(found.problems == [])
        #expect(found.secrets == ["key": "sk-12345", "signature": "ab"])
    }

    @Test("Its length is counted at the limits", arguments: [(3, false), (4, true), (8, true), (9, false)])
    func lengths(count: Int, fits: Bool) {
        let found = check(#"{"key":"\#(String(repeating: "k", count: count))"}"#)
        #expect(found.problems == (fits ? [] : ["key: must have 4 to 8 characters"]))
    }

    @Test(
        "Written any other way it is refused",
        arguments: [
            (#"{}"#, "key: is missing"), (#"{"key":null}"#, "key: must be a string"),
            (#"{"key":1234}"#, "key: must be a string"), (#"{"key":["abcd"]}"#, "key: must be a string"),
            (#"{"key":{"key":"abcd"}}"#, "key: must be a string"), (#"{"key":true}"#, "key: must be a string"),
            (#"{"key":"abcd","signature":null}"#, "signature: must be a string"),
            (#"{"key":"ab\u0063d"}"#, "invalidEscape"), (#"{"key":"ab\\d"}"#, "invalidEscape"),
            (#"{"key":"ab\"d"}"#, "invalidEscape"), (#"{"key":"ab d"}"#, "unexpectedByte"),
            (#"{"key":"abcdé"}"#, "unexpectedByte"), ("{\"key\":\"ab\td\"}", "unexpectedByte"),
            ("{\"key\":\"ab\u{7f}d\"}", "unexpectedByte"), (#"{"key":"abcd"#, "unexpectedEnd"),
            (#"{"key":"abcd","key":"efgh"}"#, "duplicateMember"),
            (#"{"k\u0065y":"abcd","key":"e"}"#, "duplicateMember"),
        ])
    func otherForms(body: String, problem: String) {
        #expect(check(body).problems == [problem])
    }

    @Test("An escaped spelling of its name is its name")
    func escapedName() {
        #expect(check(#"{"k\u0065y":"abcd"}"#).secrets == ["key": "abcd"])
    }

    @Test("A member of the same name deeper down is no secret and stands for none")
    func deeper() {
        let found = check(#"{"other":{"key":"abcd"}}"#)
        #expect(found.problems == ["key: is missing"])
        #expect(found.secrets == [:])
    }

    static let map = Schema.object(
        [.required("secrets", .secrets(name: .identifier, bytes: 2...5, maximum: 2))], isOpen: false)

    @Test(
        "The members of a secret map are left in place, and counted as they are written",
        arguments: [
            (#"{"secrets":{"a":"x"}}"#, "secrets: must have values of 2 to 5 bytes"), (#"{"secrets":{"a":"xy"}}"#, ""),
            (#"{"secrets":{"a":"x\ny z"}}"#, "secrets: must have values of 2 to 5 bytes"),
            (#"{"secrets":{"a":"x\ny"}}"#, ""), (#"{"secrets":{"a":12}}"#, "secrets: must have strings as values"),
            (#"{"secrets":{}}"#, "secrets: must have 1 to 2 members"),
            (#"{"secrets":[]}"#, "secrets: must be an object"),
            (#"{"secrets":{"a":"xy","b":"xy","c":"xy"}}"#, "secrets: must have 1 to 2 members"),
            (#"{"secrets":"xy"}"#, "secrets: must be an object"), (#"{}"#, "secrets: is missing"),
            (#"{"secrets":{"a":{"b":"xy"}}}"#, "secrets: must have strings as values"),
            (
                #"{"secrets":{"-a":"xy"}}"#,
                "secrets: has a name that does not match \(TextFormat.identifier.pattern)"
            ),
        ])
    func maps(body: String, problem: String) throws {
        let bytes = Array(body.utf8)
        let (value, withheld) = try bytes.withUnsafeBytes {
            try JSON.parse($0, withholding: Self.map.secretNames, maps: Self.map.secretMaps)
        }
        #expect(Self.map.problems(in: value, withheld: withheld) == (problem.isEmpty ? [] : [problem]))
        if problem.isEmpty { #expect(!value.text.contains("xy")) }
    }

    @Test("The documented pattern and the reader take the same characters")
    func pattern() throws {
        var components: [String: JSON] = [:]
        let pattern = try #require(
            Schema.secret(length: 1...1).jsonSchema(components: &components)["pattern"]?.string)
        let judge = try PatternJudge(pattern)
        let one = Schema.object([.required("key", .secret(length: 1...1))], isOpen: false)
        for byte in UInt8.min...UInt8(0x7F) {
            let body = Array("{\"key\":\"".utf8) + [byte] + Array("\"}".utf8)
            let taken = body.withUnsafeBytes { buffer in
                guard let read = try? JSON.parse(buffer, withholding: ["key"]) else { return false }
                return one.problems(in: read.value, withheld: read.withheld).isEmpty
            }
            #expect(taken == judge.fits(String(UnicodeScalar(byte))), "byte \(byte)")
        }
    }
}
