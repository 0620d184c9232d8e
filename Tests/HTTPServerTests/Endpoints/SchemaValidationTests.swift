import Primitives
import Testing

@testable import HTTPServer

@Suite("A schema says what does not fit, and never quotes it")
struct SchemaValidationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let schema: Schema
        let json: String
        /// The problems in order; none when the value fits.
        let problems: [String]

        init(_ schema: Schema, _ json: String, _ problems: String...) {
            (self.schema, self.json, self.problems) = (schema, json, problems)
        }

        var testDescription: String { json }
    }

    private func problems(_ schema: Schema, _ json: String) throws -> [String] {
        schema.problems(in: try JSON(parsing: json))
    }

    static let scalars: [Case] = [
        Case(.boolean, "true"), Case(.boolean, "false"), Case(.boolean, "0", "body: must be true or false"),
        Case(.boolean, "null", "body: must be true or false"),
        Case(.boolean, #""true""#, "body: must be true or false"),
        Case(.integer(-2...5), "-2"), Case(.integer(-2...5), "5"),
        Case(.integer(-2...5), "-3", "body: must be from -2 to 5"),
        Case(.integer(-2...5), "6", "body: must be from -2 to 5"),
        Case(.integer(-2...5), "1.0", "body: must be a whole number"),
        Case(.integer(-2...5), "1e0", "body: must be a whole number"),
        Case(.integer(-2...5), "-0", "body: must be a whole number"),
        Case(.integer(-2...5), #""1""#, "body: must be a whole number"),
        Case(.integer(0...Int64.max), "9223372036854775807"),
        Case(.integer(0...Int64.max), "9223372036854775808", "body: must be a whole number"),
        Case(.choice(["a", "b"]), #""b""#), Case(.choice(["a", "b"]), #""c""#, "body: must be one of a, b"),
        Case(.choice(["a", "b"]), #""A""#, "body: must be one of a, b"),
        Case(.choice(["a", "b"]), "1", "body: must be one of a, b"),
        Case(.anything, "null"), Case(.anything, #"{"a":[1]}"#),
        Case(.nullable(.boolean), "null"), Case(.nullable(.boolean), "true"),
        Case(.nullable(.boolean), "1", "body: must be true or false"),
        Case(.named("Name", .boolean), "true"), Case(.named("Name", .boolean), "1", "body: must be true or false"),
    ]

    static let texts: [Case] = [
        Case(.text(length: 2...4, format: nil), #""ab""#), Case(.text(length: 2...4, format: nil), #""abcd""#),
        Case(.text(length: 2...4, format: nil), #""a""#, "body: must have 2 to 4 characters"),
        Case(.text(length: 2...4, format: nil), #""abcde""#, "body: must have 2 to 4 characters"),
        Case(.text(length: 2...4, format: nil), "12", "body: must be a string"),
        Case(.text(length: 2...4, format: nil), "null", "body: must be a string"),
        Case(.text(), #""""#), Case(.text(upTo: 1), #""""#),
        // Scalars count, not bytes, not what a reader takes for one character.
        Case(.text(length: 1...1, format: nil), #""\ud83d\ude00""#),
        Case(.text(length: 1...1, format: nil), #""\u00e9""#),
        Case(.text(length: 1...1, format: nil), #""e\u0301""#, "body: must have 1 to 1 characters"),
        Case(.text(length: 1...1, format: nil), #""\r\n""#, "body: must have 1 to 1 characters"),
        Case(.format(.digits(upTo: 3)), #""007""#),
        Case(.format(.digits(upTo: 3)), #""0x1""#, "body: must match ^[0-9]{1,3}$"),
        Case(.format(.digits(upTo: 3)), #""1234""#, "body: must have 1 to 3 characters"),
    ]

    private static let pair = Schema.object([.required("a", .integer(0...9)), .optional("b", .boolean)], isOpen: false)
    private static let open = Schema.object([.required("a", .integer(0...9))], isOpen: true)

    static let composites: [Case] = [
        Case(.list(.boolean, maximum: 2), "[]"), Case(.list(.boolean, maximum: 2), "[true,false]"),
        Case(.list(.boolean, maximum: 2), "[true,false,true]", "body: must have at most 2 elements"),
        Case(.list(.boolean, maximum: 2), "{}", "body: must be a list"),
        Case(.list(.boolean, maximum: 2), "[true,1]", "[1]: must be true or false"),
        Case(.list(.list(.boolean, maximum: 2), maximum: 2), "[[],[true,1]]", "[1][1]: must be true or false"),
        Case(pair, #"{"a":1}"#), Case(pair, #"{"b":true,"a":1}"#), Case(pair, "{}", "a: is missing"),
        Case(pair, #"{"a":1,"b":null}"#, "b: must be true or false"),
        Case(pair, #"{"a":1,"c":1}"#, "body: has a member that is not known"),
        Case(pair, #"{"A":1}"#, "a: is missing", "body: has a member that is not known"),
        Case(pair, "[]", "body: must be an object"), Case(pair, #""a""#, "body: must be an object"),
        Case(pair, #"{"a":10,"b":1}"#, "a: must be from 0 to 9", "b: must be true or false"),
        Case(open, #"{"a":1,"c":[{}]}"#), Case(open, #"{"c":1}"#, "a: is missing"),
        Case(
            .object([.required("o", pair)], isOpen: false), #"{"o":{"b":1,"x":0}}"#, "o.a: is missing",
            "o.b: must be true or false", "o: has a member that is not known"),
        Case(
            .object([.required("l", .list(pair, maximum: 3))], isOpen: false), #"{"l":[{"a":1},{}]}"#,
            "l[1].a: is missing"),
        Case(.object([], isOpen: false), "{}"),
        Case(.object([], isOpen: false), #"{"a":1}"#, "body: has a member that is not known"),
    ]

    @Test("Every kind of shape takes what fits and names what does not", arguments: scalars + texts + composites)
    func shapes(_ example: Case) throws {
        #expect(try problems(example.schema, example.json) == example.problems)
    }

    @Test("At most eight problems are told, however they arise")
    func maximum() throws {
        let ten = (1...10).map { Schema.Property.required("m\($0)", .boolean) }
        let missing = try problems(.object(ten, isOpen: false), #"{"x":1}"#)
        #expect(missing == (1...8).map { "m\($0): is missing" })
        let wrong = try problems(.list(.boolean, maximum: 100), "[1,1,1,1,1,1,1,1,1,1]")
        #expect(wrong == (0...7).map { "[\($0)]: must be true or false" })
        let nested = try problems(.list(.object(ten, isOpen: false), maximum: 9), "[{},{},{}]")
        #expect(nested.count == Schema.maximumProblems)
    }

    @Test("No problem quotes a value or the name of an unknown member")
    func neverQuotes() throws {
        let mark = "canary"
        let shapes: [Schema] = [
            .boolean, .integer(0...1), .choice(["a"]), .text(length: 0...1, format: nil), .format(.address),
            .list(.boolean, maximum: 1), .nullable(.boolean), .object([.required("a", .boolean)], isOpen: false),
            .secret(length: 1...9),
        ]
        let values = [
            #""canary""#, #"["canary","canary"]"#, #"{"canary":"canary"}"#, #"{"a":"canary","canary":{}}"#,
        ]
        for shape in shapes {
            for value in values {
                let problems = try problems(shape, value)
                #expect(!problems.isEmpty)
                #expect(!problems.contains { $0.contains(mark) }, "\(shape) with \(value)")
            }
        }
    }
}
